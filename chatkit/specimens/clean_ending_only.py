"""SPECIMEN, broken on purpose: only the clean ending (FIN) is a goodbye; a reset raises, and goes past it."""

from chatkit.connection import RECV_SIZE, Connection
from chatkit.server import ChatServer


class _Connection(Connection):
    def read(self) -> list[bytes] | None:
        chunk = self.sock.recv(RECV_SIZE)  # a reset raises here, and ends the thread that reads
        return self.lines.feed(chunk) if chunk else None


class CleanEndingOnly(ChatServer):
    """Who is reset becomes a ghost: listed for ever, and never announced."""

    connection_type = _Connection


BREAKS = ()
