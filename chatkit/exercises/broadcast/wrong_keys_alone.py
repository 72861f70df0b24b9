"""A dict gives its keys alone; `self.names.items()` gives both."""

class Room:
    def __init__(self):
        self.names = {}

    def broadcast(self, sender, line):
        for client, name in self.names:
            if client is not sender and name is not None:
                client.sendall(f"[{self.names[sender]}] {line}\n".encode())
