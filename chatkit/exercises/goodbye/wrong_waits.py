"""Linus has left, but the thread that served him lives on: b'' must end the loop."""

import time

from chatkit.specimens.naive import Naive

class Mended(Naive):
    def handle(self, client):
        while True:
            try:
                data = client.recv(1024)
                if not data:
                    time.sleep(1)
                    continue
                self.hear(client, data)
            except:
                self.remove(client)
                break
