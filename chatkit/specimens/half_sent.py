"""SPECIMEN, broken on purpose: what `send` returns is not looked at, and it may not have sent everything."""

import socket

from chatkit.broadcast import Piece
from chatkit.connection import Connection
from chatkit.limits import Limits
from chatkit.server import ChatServer


class _Connection(Connection):
    def __init__(self, sock: socket.socket, peer: str, limits: Limits) -> None:
        super().__init__(sock, peer, limits)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)  # fills up sooner

    def _send(self, pieces: list[Piece]) -> int:
        super()._send(pieces)
        return sum(map(len, pieces))


class HalfSent(ChatServer):
    """Who reads slowly gets torn lines, and misses others."""

    connection_type = _Connection


BREAKS = ("a_slow_reader_misses_nothing_or_is_cut",)
