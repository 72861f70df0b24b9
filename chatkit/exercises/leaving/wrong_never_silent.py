"""Linus has been silent for much longer than the limit, and he is still in the room."""

from chatkit.specimens.naive import Naive

class Patient(Naive):
    limit = 60.0

    def handle(self, client):
        client.settimeout(self.limit)
        while True:
            try:
                data = client.recv(1024)
            except TimeoutError:
                continue
            except OSError:
                break
            if not data:
                client.sendall(b"* goodbye\n")
                break
            self.hear(client, data)
        self.remove(client)
