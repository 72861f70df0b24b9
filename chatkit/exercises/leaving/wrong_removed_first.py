"""Linus half-closed and went on reading, but he did not get `* goodbye` before the end."""

from chatkit.specimens.naive import Naive

class Patient(Naive):
    limit = 60.0

    def handle(self, client):
        client.settimeout(self.limit)
        try:
            while data := client.recv(1024):
                self.hear(client, data)
            self.remove(client)
            client.sendall(b"* goodbye\n")
        except OSError:
            if client in self.clients:
                self.remove(client)
