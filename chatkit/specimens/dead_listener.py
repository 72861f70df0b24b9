"""SPECIMEN, broken on purpose: only a failing send shows who is dead, and the error is the speaker's."""

from chatkit.connection import Connection
from chatkit.effects import Spread
from chatkit.messages import encode
from chatkit.server import ChatServer


class DeadListener(ChatServer):
    """Somebody leaves, and whoever speaks next is thrown out, one after the other."""

    def _goodbye(self, connection: Connection) -> None:
        connection.ended = True  # it stays in the list until somebody stumbles over it

    def _spread(self, effect: Spread) -> None:
        for member in self.room._names:
            if member is not effect.by:
                member.sock.send(encode(effect.message))  # raises in the turn of the one who speaks


BREAKS = (
    "everybody_else_hears_that_somebody_left",
    "who_has_left_is_not_listed",
    "the_others_go_on_talking",
    "a_polite_goodbye_is_told_once",
    "a_reset_is_told_once",
    "closing_with_unread_lines_is_told_once",
    "last_words_before_a_half_close_are_heard",
    "leaving_in_mid_line_is_told_once",
    "last_words_come_before_the_goodbye",
    "who_left_politely_may_come_back",
    "who_was_reset_may_come_back",
    "a_speaker_survives_a_polite_goodbye",
    "a_speaker_survives_a_reset",
    "the_right_one_is_announced",
    "six_can_leave_in_one_instant",
    "innocents_lose_no_line_while_others_leave",
    "innocents_lose_no_line_while_others_are_reset",
    "the_room_outlives_a_hundred_visitors",
    "a_flooder_who_leaves_is_announced",
    "a_frozen_reader_stops_nobody",
    "a_frozen_reader_who_dies_is_announced",
)
SOMETIMES = ("a_frozen_reader_keeps_nobody_out",)
