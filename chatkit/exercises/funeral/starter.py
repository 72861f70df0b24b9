"""Ada spoke, linus could not be reached, and ada was thrown out: the error was not hers."""

from chatkit.specimens.naive import Naive

class Careful(Naive):
    def broadcast(self, line, sender=None):
        for client in self.clients:
            if client is not sender:
                client.send(f"{line}\n".encode())
