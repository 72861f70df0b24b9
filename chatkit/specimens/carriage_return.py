r"""SPECIMEN, broken on purpose: lines end in `\n` only, so the `\r` of telnet and Windows is text."""

from chatkit.connection import Connection
from chatkit.framing import LineReader
from chatkit.server import ChatServer


class _LineReader(LineReader):
    def feed(self, chunk: bytes) -> list[bytes]:
        *lines, self.tail = (self.tail + chunk).split(b"\n")
        self.too_long = max(map(len, [*lines, self.tail])) >= self.limit
        return lines


class _Connection(Connection):
    reader_type = _LineReader


class CarriageReturn(ChatServer):
    """Every line from telnet has a strange character at its end."""

    connection_type = _Connection


BREAKS = ("telnet_line_ends_harm_nobody",)
