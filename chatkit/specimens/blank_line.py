"""SPECIMEN, broken on purpose: a blank line is taken for the end, because both are "empty"."""

from itertools import takewhile

from chatkit.connection import Connection
from chatkit.server import ChatServer


class BlankLine(ChatServer):
    """Who presses Enter twice is out."""

    def _spoke(self, connection: Connection, lines: list[bytes]) -> None:
        before_the_end = list(takewhile(bytes.strip, lines))  # `while line := readline().strip():`
        super()._spoke(connection, before_the_end)
        if len(before_the_end) < len(lines):
            self._carry_out(self.room.leave(connection))
            self._hang_up(connection)


BREAKS = ("a_blank_line_is_no_goodbye",)
