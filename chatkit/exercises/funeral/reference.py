"""A dead peer costs only itself: by FIN, by RST, or two at once, ada and grace do not miss a word."""

from chatkit.specimens.naive import Naive

class Careful(Naive):
    def broadcast(self, line, sender=None):
        for client in list(self.clients):
            if client is not sender:
                try:
                    client.send(f"{line}\n".encode())
                except OSError:
                    self.remove(client)

    def remove(self, client):
        if client in self.clients:  # whoever comes second has nothing left to do
            super().remove(client)
