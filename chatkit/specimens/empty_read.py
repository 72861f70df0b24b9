"""SPECIMEN, broken on purpose: an empty read is taken for data, though it is the goodbye."""

from chatkit.connection import RECV_SIZE, Connection
from chatkit.server import ChatServer


class _Connection(Connection):
    def read(self) -> list[bytes] | None:
        try:
            chunk = self.sock.recv(RECV_SIZE)
        except OSError:
            self.reason = "connection lost"
            return None
        return self.lines.feed(chunk)  # b"" completes no line; and the next recv gives b"" again, at once


class EmptyRead(ChatServer):
    """Who leaves politely stays in the room, and its thread keeps a core busy."""

    connection_type = _Connection


BREAKS = ()
