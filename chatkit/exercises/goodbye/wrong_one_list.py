"""The two lists have grown apart: clients and names must lose the same person."""

from chatkit.specimens.naive import Naive

class Mended(Naive):
    def handle(self, client):
        while True:
            try:
                data = client.recv(1024)
                if not data:
                    self.clients.remove(client)
                    client.close()
                    break
                self.hear(client, data)
            except:
                self.remove(client)
                break
