"""A cut connection (RST) still comes as an exception from recv: it must end in the same place."""

from chatkit.specimens.naive import Naive

class Mended(Naive):
    def handle(self, client):
        while data := client.recv(1024):
            self.hear(client, data)
        self.remove(client)
