"""The line does not say who said it: it begins with the speaker's name, as in [ada] hello."""

class Room:
    def __init__(self):
        self.names = {}

    def broadcast(self, sender, line):
        for client, name in self.names.items():
            if client is not sender and name:
                client.sendall(line.encode() + b"\n")
