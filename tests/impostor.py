"""Servers of one caller that follow a script: for what chatkit's own server would never send or do.

A step is bytes, which are sent, or something to call with the socket. What fails because the caller has gone
ends the script in peace: that is what the caller is asked about.
"""

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from select import select

from talker import PATIENCE

RESET = struct.pack("ii", 1, 0)


def hears_a_line(sock):
    while not sock.recv(1).endswith(b"\n"):
        pass


def hears_the_end(sock):
    while sock.recv(4096):
        pass


def resets(sock):
    """Make the goodbye a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def floods(chunk):
    """Send `chunk` again and again, until the caller has gone."""

    def flood(sock):
        while True:
            sock.sendall(chunk)

    return flood


def floods_until_the_goodbye(chunk):
    """Send `chunk` again and again, until the caller has said goodbye."""

    def flood(sock):
        while not (select([sock], [], [], 0)[0] and not sock.recv(1 << 16)):
            sock.sendall(chunk)

    return flood


def dribbles(data, pause=0.01):
    """Send one byte after the other, until the caller has gone."""

    def dribble(sock):
        for byte in data:
            sock.sendall(bytes([byte]))
            threading.Event().wait(pause)

    return dribble


JOINED = (b"Name?\n", hears_a_line, b"* The room contains: grace\n")


@contextmanager
def a_server_that(*does):
    """A server of one caller: it does one thing after the other; bytes are sent, the rest is called."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(PATIENCE)

    sockets = []

    def play():
        with suppress(ConnectionError), listener.accept()[0] as sock:
            sockets.append(sock)
            sock.settimeout(PATIENCE)
            for step in does:
                sock.sendall(step) if isinstance(step, bytes) else step(sock)

    thread = threading.Thread(target=play)
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        thread.join(1.0)
        with suppress(IndexError, OSError):  # who floods a caller that left with a FIN may not hear of it
            sockets[0].shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE)
        listener.close()
