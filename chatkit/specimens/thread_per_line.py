"""SPECIMEN, broken on purpose: each line is sent by any free thread of a pool, and threads overtake."""

import socket
from concurrent.futures import ThreadPoolExecutor

from chatkit.broadcast import Piece
from chatkit.connection import Connection
from chatkit.limits import Limits
from chatkit.server import ChatServer


class _Connection(Connection):
    def __init__(self, sock: socket.socket, peer: str, limits: Limits) -> None:
        super().__init__(sock, peer, limits)
        self.senders = ThreadPoolExecutor(4, "chatkit sender")

    def queue(self, *pieces: Piece) -> None:
        for line in b"".join(pieces).splitlines(keepends=True):
            self.senders.submit(self.sock.sendall, line)


class ThreadPerLine(ChatServer):
    """Lines arrive in another order than they were said, and the goodbye before the last words."""

    connection_type = _Connection


BREAKS = (
    "five_hundred_lines_keep_their_order",
    "a_frozen_reader_stops_nobody",
    "a_frozen_reader_who_dies_is_announced",
    "a_slow_reader_misses_nothing_or_is_cut",
)
SOMETIMES = (  # among so few lines perhaps none is overtaken
    "innocents_lose_no_line_while_others_leave",
    "innocents_lose_no_line_while_others_are_reset",
    "five_can_talk_at_once",
    "last_words_come_before_the_goodbye",
    "a_speaker_survives_a_polite_goodbye",
    "a_speaker_survives_a_reset",
    "the_room_outlives_a_hundred_visitors",
    "a_storm_of_connections_passes",
    "a_flooder_who_leaves_is_announced",
)
