"""SPECIMEN, broken on purpose: the server everybody writes first, whose `except` is its only goodbye."""

import re
import socket
import threading

from chatkit.specimens.housing import Housing


class Naive(Housing):
    """Who leaves politely is never missed: it stays in the list, and its thread spins."""

    def __init__(self, host: str, port: int) -> None:
        self.listener = socket.create_server((host, port))
        self.clients: list[socket.socket] = []
        self.names: list[str] = []

    def serve_forever(self) -> None:
        while True:
            client, _ = self.listener.accept()
            client.send(b"What is your name?\n")
            name = client.recv(1024).decode().strip()
            if not re.fullmatch("[A-Za-z0-9]+", name):
                client.close()
                continue
            client.send(f"* The room contains: {', '.join(self.names)}\n".encode())
            self.broadcast(f"* {name} has entered the room")
            self.clients.append(client)
            self.names.append(name)
            threading.Thread(target=self.handle, args=(client,)).start()

    def handle(self, client: socket.socket) -> None:
        while True:
            try:
                for line in client.recv(1024).decode().splitlines():
                    name = self.names[self.clients.index(client)]
                    self.broadcast(f"[{name}] {line}", client)
            except:
                index = self.clients.index(client)
                self.clients.remove(client)
                client.close()
                name = self.names[index]
                self.names.remove(name)
                self.broadcast(f"* {name} has left the room")
                break

    def broadcast(self, line: str, sender: socket.socket | None = None) -> None:
        for client in self.clients:
            if client is not sender:
                client.send(f"{line}\n".encode())


BREAKS = ()
