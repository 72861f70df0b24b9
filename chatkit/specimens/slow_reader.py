"""SPECIMEN, broken on purpose: `sendall` waits for a client that does not read, and so does everybody."""

from chatkit.connection import Connection
from chatkit.server import ChatServer


class _Connection(Connection):
    def _send(self, batch: bytes) -> int:
        try:
            self.sock.sendall(batch)
        except OSError:
            self.abort("connection lost")
            return 0
        return len(batch)


class SlowReader(ChatServer):
    """One member goes to lunch with its terminal frozen, and the whole room stands still."""

    connection_type = _Connection


BREAKS = ("a_frozen_reader_stops_nobody",)
SOMETIMES = ("a_frozen_reader_keeps_nobody_out",)
