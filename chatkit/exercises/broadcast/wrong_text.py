"""Your code raised TypeError (broadcast, line 7): a bytes-like object is required, not 'str'."""

class Room:
    def __init__(self):
        self.names = {}

    def broadcast(self, sender, line):
        for client, name in self.names.items():
            if client is not sender and name: client.sendall(f"[{self.names[sender]}] {line}\n")
