"""They were told twice that linus had left: clean up in one place only."""

from chatkit.specimens.naive import Naive

class Mended(Naive):
    def handle(self, client):
        name = self.names[self.clients.index(client)]
        while True:
            try:
                data = client.recv(1024)
                if not data:
                    self.broadcast(f"* {name} has left the room", client)
                    raise ConnectionError("goodbye")
                self.hear(client, data)
            except:
                self.remove(client)
                break
