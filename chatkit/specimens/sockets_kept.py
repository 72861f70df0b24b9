"""SPECIMEN, broken on purpose: a file made of each socket (`makefile`) is kept, and keeps that open."""

from typing import IO, Any

from chatkit.connection import Connection
from chatkit.server import ChatServer


class SocketsKept(ChatServer):
    """Every visitor costs a descriptor for ever, until there are none."""

    def __init__(self, host: str, port: int, **options: Any) -> None:
        super().__init__(host, port, **options)
        self.files: list[IO[bytes]] = []

    def _accept(self) -> Connection | None:
        connection = super()._accept()
        if connection:
            self.files.append(connection.sock.makefile("wb"))  # `close` on a socket waits for its files
        return connection


BREAKS = (
    "running_out_of_descriptors_is_survived",
    "visitors_leave_no_sockets_behind",
)
