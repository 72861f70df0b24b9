"""Only one of the two others heard ada: is there a return or a break in the loop?"""

class Room:
    def __init__(self):
        self.names = {}

    def broadcast(self, sender, line):
        for client, name in self.names.items():
            if client is not sender and name:
                return client.sendall(f"[{self.names[sender]}] {line}\n".encode())
