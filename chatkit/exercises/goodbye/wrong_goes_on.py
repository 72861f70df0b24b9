"""Linus was removed, and his handler went on and met an error: after b'' nothing may follow."""

from chatkit.specimens.naive import Naive

class Mended(Naive):
    def handle(self, client):
        while True:
            try:
                data = client.recv(1024)
                if data == b"":
                    self.remove(client)
                self.hear(client, data)
            except:
                self.remove(client)
                break
