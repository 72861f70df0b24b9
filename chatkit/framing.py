"""Bytes in, whole lines out: however TCP cut the stream, the lines are the same.

TCP carries a stream of bytes and keeps no trace of the `send` calls that made it (RFC 9293, 3.8), so one
`recv` may bring half a line, or ten. This file knows nothing of sockets, names or text.
"""

MAX_LINE = 4096
"""Bytes a line may have, its newline counted."""


class LineReader:
    """Collect the chunks of a byte stream and hand out the lines that they complete.

    `limit` is in bytes and counts the newline. A longer line sets `too_long`; that line and all that follows
    is dropped, so memory stays below `limit` plus one chunk, whatever arrives.
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
        *lines, self.tail = (self.tail + chunk).split(b"\n")
        for position, line in enumerate([*lines, self.tail]):
            if len(line) >= self.limit:
                self.too_long, self.tail = True, b""
                del lines[position:]
                break
        return [line.removesuffix(b"\r") for line in lines]
