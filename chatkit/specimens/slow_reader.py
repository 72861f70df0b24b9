"""SPECIMEN, broken on purpose: `sendall` waits for a client that does not read, and so does everybody."""

from chatkit.broadcast import Piece
from chatkit.connection import Connection
from chatkit.server import ChatServer


class _Connection(Connection):
    def _send(self, pieces: list[Piece]) -> int:
        try:
            self.sock.sendall(b"".join(pieces))
        except OSError:
            self.abort("connection lost")
            return 0
        return sum(map(len, pieces))


class SlowReader(ChatServer):
    """One member goes to lunch with its terminal frozen, and the whole room stands still."""

    connection_type = _Connection


BREAKS = ("a_frozen_reader_stops_nobody", "a_frozen_reader_keeps_nobody_out")
