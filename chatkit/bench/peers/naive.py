"""A chat server as tutorials have it: a thread for each client, and `sendall` in a loop under one lock."""

# mypy: ignore-errors, since such servers are written without types

import socket
import sys
import threading

members = {}  # socket -> name
lock = threading.Lock()


def broadcast(line, sender):
    with lock:
        for sock in list(members):
            if sock is not sender:
                sock.sendall(line)


def serve(sock):
    sock.sendall(b"Welcome! What shall I call you?\n")
    lines = sock.makefile("rb")
    name = lines.readline().strip()
    with lock:
        sock.sendall(b"* The room contains: " + b", ".join(members.values()) + b"\n")
        members[sock] = name
    broadcast(b"* " + name + b" has entered the room\n", sock)
    try:
        for line in lines:
            broadcast(b"[" + name + b"] " + line, sock)
    except OSError:
        pass
    with lock:
        del members[sock]
    broadcast(b"* " + name + b" has left the room\n", sock)
    sock.close()


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=4096)
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
