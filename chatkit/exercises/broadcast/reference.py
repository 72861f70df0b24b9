"""One line in, a copy out to each of the others: nobody is forgotten, nobody hears double."""

class Room:
    def __init__(self):
        self.names = {}  # each guest's socket, and its name: None until it has given one

    def broadcast(self, sender, line):
        for client, name in self.names.items():
            if client is not sender and name is not None:
                client.sendall(f"[{self.names[sender]}] {line}\n".encode())
