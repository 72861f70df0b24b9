"""SPECIMEN, broken on purpose: only the clean ending (FIN) is a goodbye; a reset raises, and goes past it."""

from chatkit.connection import Connection
from chatkit.server import ChatServer


class _Connection(Connection):
    def read(self) -> list[bytes] | None:
        try:
            chunk = self.sock.recv(4096)
        except OSError as error:
            raise SystemExit from error  # so a reset ends the thread that reads, and only that
        return self.lines.feed(chunk) if chunk else None


class CleanEndingOnly(ChatServer):
    """Who is reset becomes a ghost: listed for ever, and never announced."""

    connection_type = _Connection


BREAKS = (
    "a_reset_is_told_once",
    "closing_with_unread_lines_is_told_once",
    "who_was_reset_may_come_back",
    "the_right_one_is_announced",
    "six_can_leave_in_one_instant",
    "innocents_lose_no_line_while_others_are_reset",
    "the_room_outlives_a_hundred_visitors",
    "visitors_leave_no_sockets_behind",
)
SOMETIMES = ("a_frozen_reader_who_dies_is_announced",)  # a write that fails may be quicker than the read
