"""Ada got her own line back: leave out the sender."""

class Room:
    def __init__(self):
        self.names = {}

    def broadcast(self, sender, line):
        for client, name in self.names.items():
            if name is not None:
                client.sendall(f"[{self.names[sender]}] {line}\n".encode())
