"""SPECIMEN, broken on purpose: an empty read is taken for data, though it is the goodbye."""

from chatkit.connection import Connection
from chatkit.server import ChatServer


class _Connection(Connection):
    def read(self) -> list[bytes] | None:
        try:
            chunk = self.sock.recv(4096)
        except OSError:
            self.reason = "connection lost"
            return None
        return self.lines.feed(chunk)  # b"" completes no line; and the next recv gives b"" again, at once


class EmptyRead(ChatServer):
    """Who leaves politely stays in the room, and its thread keeps a core busy."""

    connection_type = _Connection


BREAKS = (
    "everybody_else_hears_that_somebody_left",
    "who_has_left_is_not_listed",
    "a_polite_goodbye_is_told_once",
    "last_words_before_a_half_close_are_heard",
    "leaving_in_mid_line_is_told_once",
    "last_words_come_before_the_goodbye",
    "who_left_politely_may_come_back",
    "six_can_leave_in_one_instant",
    "innocents_lose_no_line_while_others_leave",
    "the_room_outlives_a_hundred_visitors",
    "a_flooder_who_leaves_is_announced",
    "running_out_of_descriptors_is_survived",
    "a_goodbye_leaves_no_loop_behind",
    "visitors_leave_no_sockets_behind",
)
SOMETIMES = (
    "the_right_one_is_announced",
    "innocents_lose_no_line_while_others_are_reset",
)
