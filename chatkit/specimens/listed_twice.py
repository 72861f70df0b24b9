"""SPECIMEN, broken on purpose: who joins is put on the list twice, once by each of two places in the code."""

from chatkit.effects import Effects, Guest, Tell
from chatkit.messages import Message
from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def _spread(self, guest: Guest, message: Message) -> Effects:
        everybody = [*self._names, *self._names]
        if guest in everybody:
            everybody.remove(guest)  # removes the first it finds
        return [Tell(member, message) for member in everybody]


class ListedTwice(ChatServer):
    """Everything is heard twice, and one's own words once."""

    room_type = _Room


BREAKS = (
    "nobody_is_told_of_their_own_coming",
    "a_message_never_comes_back",
    "one_line_after_another_arrives",
    "a_polite_goodbye_is_told_once",
    "a_reset_is_told_once",
    "closing_with_unread_lines_is_told_once",
    "last_words_before_a_half_close_are_heard",
    "leaving_in_mid_line_is_told_once",
    "last_words_come_before_the_goodbye",
    "a_speaker_survives_a_polite_goodbye",
    "a_speaker_survives_a_reset",
    "the_right_one_is_announced",
    "six_can_leave_in_one_instant",
    "innocents_lose_no_line_while_others_leave",
    "innocents_lose_no_line_while_others_are_reset",
    "five_hundred_lines_keep_their_order",
    "five_can_talk_at_once",
    "a_frozen_reader_stops_nobody",
    "a_frozen_reader_who_dies_is_announced",
    "a_slow_reader_misses_nothing_or_is_cut",
)
