"""SPECIMEN, broken on purpose: what ends with a newline is taken for one line, though it may be several."""

from chatkit.connection import Connection
from chatkit.framing import LineReader
from chatkit.server import ChatServer


class _LineReader(LineReader):
    def feed(self, chunk: bytes) -> list[bytes]:
        self.tail += chunk
        if not self.tail.endswith(b"\n"):
            return []
        line, self.tail = self.tail[:-1], b""
        return [line.removesuffix(b"\r")]


class _Connection(Connection):
    reader_type = _LineReader


class EndsWithNewline(ChatServer):
    """Lines said in one breath travel as one message."""

    connection_type = _Connection


BREAKS = (
    "last_words_come_before_the_goodbye",
    "innocents_lose_no_line_while_others_leave",
    "innocents_lose_no_line_while_others_are_reset",
    "lines_in_one_piece_are_several_messages",
    "lines_glued_to_the_name_are_heard",
    "five_hundred_lines_keep_their_order",
    "five_can_talk_at_once",
    "an_endless_line_harms_nobody",
    "a_frozen_reader_stops_nobody",
    "a_frozen_reader_who_dies_is_announced",
    "a_slow_reader_misses_nothing_or_is_cut",
)
SOMETIMES = (
    "a_line_over_the_limit_harms_nobody",
    "a_speaker_survives_a_polite_goodbye",
    "a_speaker_survives_a_reset",
    "a_blank_line_is_no_goodbye",
    "bytes_that_are_no_text_harm_nobody",
)
