"""The line has no end: without the newline the next one is glued to it."""

class Room:
    def __init__(self):
        self.names = {}

    def broadcast(self, sender, line):
        for client, name in self.names.items():
            if client is not sender and name:
                client.sendall(f"[{self.names[sender]}] {line}".encode())
