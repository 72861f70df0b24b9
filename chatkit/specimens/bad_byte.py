"""SPECIMEN, broken on purpose: what is read is decoded strictly, and one bad byte ends its reader."""

from chatkit.connection import Connection
from chatkit.server import ChatServer


class _Connection(Connection):
    def read(self) -> list[bytes] | None:
        lines = super().read()
        try:
            return lines and [line.decode().encode() for line in lines]
        except UnicodeDecodeError as error:
            raise SystemExit from error  # it ends the thread that reads, and only that


class BadByte(ChatServer):
    """Who sends one byte that is not UTF-8 is never heard again, and never announced."""

    connection_type = _Connection


BREAKS = ("bytes_that_are_no_text_harm_nobody",)
