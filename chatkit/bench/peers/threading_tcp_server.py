"""A chat server on `socketserver.ThreadingTCPServer`: a thread and a handler a client, a write a line."""

# mypy: ignore-errors, since such servers are written without types

import socketserver
import sys
import threading

members = {}  # handler -> name
lock = threading.Lock()


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"Welcome! What shall I call you?\n")
        name = self.rfile.readline().strip()
        with lock:
            self.wfile.write(b"* The room contains: " + b", ".join(members.values()) + b"\n")
            members[self] = name
        self.broadcast(b"* " + name + b" has entered the room\n")
        try:
            for line in self.rfile:
                self.broadcast(b"[" + name + b"] " + line)
        finally:
            with lock:
                del members[self]
            self.broadcast(b"* " + name + b" has left the room\n")

    def broadcast(self, line):
        with lock:
            for member in members:
                if member is not self:
                    member.wfile.write(line)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 4096  # its default, 5, makes a crowd at the door wait for a second and more


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
