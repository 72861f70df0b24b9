"""Somebody who has not given a name yet hears the room: leave out whose name is None."""

class Room:
    def __init__(self):
        self.names = {}

    def broadcast(self, sender, line):
        for client in self.names:
            if client != sender:
                client.sendall(f"[{self.names[sender]}] {line}\n".encode())
