"""A chat server on gevent: a greenlet for each client, and `sendall` in a loop."""

# mypy: ignore-errors, since such servers are written without types

import sys

from gevent.server import StreamServer

members = {}  # socket -> name


def broadcast(line, sender):
    for sock in list(members):
        if sock is not sender:
            sock.sendall(line)


def serve(sock, address):
    sock.sendall(b"Welcome! What shall I call you?\n")
    lines = sock.makefile("rb")
    name = lines.readline().strip()
    sock.sendall(b"* The room contains: " + b", ".join(members.values()) + b"\n")
    members[sock] = name
    broadcast(b"* " + name + b" has entered the room\n", sock)
    try:
        for line in lines:
            broadcast(b"[" + name + b"] " + line, sock)
    finally:
        del members[sock]
        broadcast(b"* " + name + b" has left the room\n", sock)


StreamServer(("127.0.0.1", int(sys.argv[1])), serve, backlog=4096).serve_forever()
