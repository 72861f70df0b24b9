"""The silence ended linus's thread, but nobody took him off the list: clean up in `finally`."""

from chatkit.specimens.naive import Naive

class Patient(Naive):
    limit = 60.0

    def handle(self, client):
        client.settimeout(self.limit)
        while data := client.recv(1024):
            self.hear(client, data)
        client.sendall(b"* goodbye\n")
        self.remove(client)
