"""SPECIMEN, broken on purpose: one `recv` is taken for one message."""

from chatkit.connection import Connection
from chatkit.server import ChatServer


class _Connection(Connection):
    def read(self) -> list[bytes] | None:
        try:
            data = self.sock.recv(512)
        except OSError:
            self.reason = "connection lost"
            return None
        return [data.strip()] if data else None


class OneRecv(ChatServer):
    """Long lines are torn, and lines said in one breath become one."""

    connection_type = _Connection


BREAKS = (
    "a_message_may_have_a_thousand_characters",
    "last_words_come_before_the_goodbye",
    "innocents_lose_no_line_while_others_leave",
    "innocents_lose_no_line_while_others_are_reset",
    "a_reset_at_the_door_is_not_mentioned",
    "a_line_may_come_byte_by_byte",
    "lines_in_one_piece_are_several_messages",
    "lines_glued_to_the_name_are_heard",
    "halves_of_two_people_do_not_mix",
    "five_hundred_lines_keep_their_order",
    "five_can_talk_at_once",
    "a_line_over_the_limit_harms_nobody",
    "a_frozen_reader_stops_nobody",
    "a_frozen_reader_who_dies_is_announced",
    "a_slow_reader_misses_nothing_or_is_cut",
)
SOMETIMES = (
    "a_speaker_survives_a_polite_goodbye",
    "a_speaker_survives_a_reset",
    "a_name_may_come_byte_by_byte",
    "an_endless_line_harms_nobody",
    "bytes_that_are_no_text_harm_nobody",
)
