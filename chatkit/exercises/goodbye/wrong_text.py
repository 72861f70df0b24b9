"""Your handler compares bytes with text: recv gives b'', and b'' is never equal to ''."""

from chatkit.specimens.naive import Naive

class Mended(Naive):
    def handle(self, client):
        while True:
            try:
                data = client.recv(1024)
                if data == "":
                    self.remove(client)
                    break
                self.hear(client, data)
            except:
                self.remove(client)
                break
