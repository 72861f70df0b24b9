"""SPECIMEN, broken on purpose: what ends with a newline is taken for one line, though it may be several."""

from chatkit.connection import Connection
from chatkit.framing import LineReader
from chatkit.server import ChatServer


class _LineReader(LineReader):
    def feed(self, chunk: bytes) -> list[bytes]:
        self.tail += chunk
        if not self.tail.endswith(b"\n"):
            return []
        line, self.tail = self.tail[:-1], b""
        return [line.removesuffix(b"\r")]


class _Connection(Connection):
    reader_type = _LineReader


class EndsWithNewline(ChatServer):
    """Lines said in one breath travel as one message."""

    connection_type = _Connection


BREAKS = ()
