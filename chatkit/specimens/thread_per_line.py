"""SPECIMEN, broken on purpose: each line is sent by any free thread of a pool, and threads overtake."""

import socket
from concurrent.futures import ThreadPoolExecutor

from chatkit.connection import Connection
from chatkit.limits import Limits
from chatkit.server import ChatServer


class _Connection(Connection):
    def __init__(self, sock: socket.socket, peer: str, limits: Limits) -> None:
        super().__init__(sock, peer, limits)
        self.senders = ThreadPoolExecutor(4, "chatkit sender")

    def queue(self, piece: bytes) -> None:
        self.senders.submit(self.sock.sendall, piece)


class ThreadPerLine(ChatServer):
    """Lines arrive in another order than they were said, and the goodbye before the last words."""

    connection_type = _Connection


BREAKS = ()
