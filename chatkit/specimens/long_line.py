"""SPECIMEN, broken on purpose: a line over the limit raises, as `readline` does, and nobody catches it."""

from chatkit.connection import Connection
from chatkit.framing import LineReader
from chatkit.server import ChatServer


class _LineReader(LineReader):
    def feed(self, chunk: bytes) -> list[bytes]:
        lines = super().feed(chunk)
        if self.too_long:
            raise SystemExit("a line is over the limit")  # it ends the thread that reads, and only that
        return lines


class _Connection(Connection):
    reader_type = _LineReader


class LongLine(ChatServer):
    """Who sends a very long line is never heard again, and never announced."""

    connection_type = _Connection


BREAKS = (
    "a_line_over_the_limit_harms_nobody",
    "an_endless_line_harms_nobody",
)
