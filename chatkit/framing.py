"""Bytes in, whole lines out: however TCP cut the stream, the lines are the same.

TCP carries a stream of bytes and keeps no trace of the `send` calls that made it (RFC 9293, 3.8), so one
`recv` may bring half a line, or ten. This file knows nothing of sockets, names or text.
"""

from itertools import takewhile

MAX_LINE = 4096
"""Bytes a line may have, its newline counted."""


class LineReader:
    """Collect the chunks of a byte stream and hand out the lines that they complete.

    `limit` is in bytes and counts the newline. A longer line sets `too_long`; that line and all that
    follows is dropped, so memory stays below `limit` plus one chunk, whatever arrives.
    """

    __slots__ = ("limit", "tail", "too_long")

    def __init__(self, limit: int = MAX_LINE) -> None:
        self.limit = limit
        self.too_long = False
        self.tail = b""  # the line whose end has not arrived yet

    def feed(self, chunk: bytes) -> list[bytes]:
        r"""Return the lines that `chunk` completes, without their `\n` or `\r\n`."""
        if self.too_long:
            return []
        chunk = self.tail + chunk
        *lines, self.tail = chunk.split(b"\n")
        if max(map(len, lines), default=0) >= self.limit or len(self.tail) >= self.limit:
            self.too_long, self.tail = True, b""
            lines = list(takewhile(lambda line: len(line) < self.limit, lines))
        return [line.removesuffix(b"\r") for line in lines] if b"\r" in chunk else lines
