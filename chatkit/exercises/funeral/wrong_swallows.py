"""Linus is gone for good, and still on the list: an error in send must have him removed."""

from chatkit.specimens.naive import Naive

class Careful(Naive):
    def broadcast(self, line, sender=None):
        for client in self.clients:
            if client is not sender:
                try:
                    client.send(f"{line}\n".encode())
                except OSError:
                    pass
