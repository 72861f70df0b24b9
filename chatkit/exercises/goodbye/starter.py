"""After linus has left, your handler calls recv again and again: each call gives b'' at once."""

from chatkit.specimens.naive import Naive

class Mended(Naive):
    def handle(self, client):
        while True:
            try:
                self.hear(client, client.recv(1024))
            except:
                self.remove(client)
                break
