"""Ada hears her own line, and nobody else does: that is an echo. The others are in self.names."""

class Room:
    def __init__(self):
        self.names = {}  # each guest's socket, and its name: None until it has given one

    def broadcast(self, sender, line):
        sender.sendall(f"[{self.names[sender]}] {line}\n".encode())
