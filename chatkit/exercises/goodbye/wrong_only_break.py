"""The handler has ended, but linus still stands on the list: somebody must take him off it."""

from chatkit.specimens.naive import Naive

class Mended(Naive):
    def handle(self, client):
        while True:
            try:
                data = client.recv(1024)
                if not data:
                    break
                self.hear(client, data)
            except:
                self.remove(client)
                break
