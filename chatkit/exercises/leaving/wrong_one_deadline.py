"""Ada talked all the time, and was thrown out as if she had been silent: each line begins the time anew."""

import time

from chatkit.specimens.naive import Naive

class Patient(Naive):
    limit = 60.0

    def handle(self, client):
        until = time.monotonic() + self.limit
        try:
            client.settimeout(self.limit)
            while time.monotonic() < until:
                data = client.recv(1024)
                if not data:
                    client.sendall(b"* goodbye\n")
                    break
                self.hear(client, data)
        except OSError:
            pass
        finally:
            self.remove(client)
