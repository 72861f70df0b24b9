"""Linus half-closed and went on reading, but he did not get `* goodbye` before the end."""

from chatkit.specimens.naive import Naive

class Patient(Naive):
    limit = 60.0  # seconds that somebody may be silent

    def handle(self, client):
        while data := client.recv(1024):
            self.hear(client, data)
        self.remove(client)
