"""SPECIMEN, broken on purpose: the loop ends with the connection, and nobody cleans up after it."""

from chatkit.connection import Connection
from chatkit.server import ChatServer


class NobodyTold(ChatServer):
    """Who has gone stays in the list for ever, and nobody hears of it."""

    def _goodbye(self, connection: Connection) -> None:
        connection.ended = True  # `return` would have read as well; the room still counts it in


BREAKS = (
    "everybody_else_hears_that_somebody_left",
    "who_has_left_is_not_listed",
    "a_polite_goodbye_is_told_once",
    "a_reset_is_told_once",
    "closing_with_unread_lines_is_told_once",
    "last_words_before_a_half_close_are_heard",
    "leaving_in_mid_line_is_told_once",
    "last_words_come_before_the_goodbye",
    "who_left_politely_may_come_back",
    "who_was_reset_may_come_back",
    "the_right_one_is_announced",
    "six_can_leave_in_one_instant",
    "innocents_lose_no_line_while_others_leave",
    "innocents_lose_no_line_while_others_are_reset",
    "the_room_outlives_a_hundred_visitors",
    "a_flooder_who_leaves_is_announced",
    "a_frozen_reader_who_dies_is_announced",
)
