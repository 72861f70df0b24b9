"""Linus has said goodbye and got his answer: now the server must close his connection too."""

from chatkit.specimens.naive import Naive

class Patient(Naive):
    limit = 60.0

    def handle(self, client):
        client.settimeout(self.limit)
        try:
            while True:
                data = client.recv(1024)
                if not data:
                    client.sendall(b"* goodbye\n")
                    return
                self.hear(client, data)
        except OSError:
            self.remove(client)
