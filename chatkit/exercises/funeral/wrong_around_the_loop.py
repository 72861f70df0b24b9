"""The loop stopped at linus, who is gone: grace stands after him in the list, and heard no more."""

from chatkit.specimens.naive import Naive

class Careful(Naive):
    def broadcast(self, line, sender=None):
        try:
            for client in self.clients:
                if client is not sender:
                    client.send(f"{line}\n".encode())
        except OSError:
            pass
