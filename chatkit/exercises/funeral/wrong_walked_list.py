"""Grace missed one line: linus was taken off the very list that the loop was walking along."""

from chatkit.specimens.naive import Naive

class Careful(Naive):
    def broadcast(self, line, sender=None):
        for client in self.clients:
            if client is not sender:
                try:
                    client.send(f"{line}\n".encode())
                except OSError:
                    self.remove(client)
