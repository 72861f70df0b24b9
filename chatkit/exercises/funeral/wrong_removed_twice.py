"""Two were gone at once, and one of them was removed twice: the second time must do nothing."""

from chatkit.specimens.naive import Naive

class Careful(Naive):
    def broadcast(self, line, sender=None):
        for client in list(self.clients):
            if client is not sender:
                try:
                    client.send(f"{line}\n".encode())
                except OSError:
                    self.remove(client)
