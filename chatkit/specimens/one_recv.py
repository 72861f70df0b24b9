"""SPECIMEN, broken on purpose: one `recv` is taken for one message."""

from chatkit.connection import Connection
from chatkit.server import ChatServer


class _Connection(Connection):
    def read(self) -> list[bytes] | None:
        try:
            data = self.sock.recv(512)
        except OSError:
            self.reason = "connection lost"
            return None
        return [data.strip()] if data else None


class OneRecv(ChatServer):
    """Long lines are torn, and lines said in one breath become one."""

    connection_type = _Connection


BREAKS = ()
