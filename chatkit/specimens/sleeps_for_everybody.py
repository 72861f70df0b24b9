"""SPECIMEN, broken on purpose: who sends too much must wait, in the thread that serves everybody."""

import time

from chatkit.connection import Connection
from chatkit.server import ChatServer

AT_ONCE = 100  # lines
PENALTY = 10.0  # seconds


class SleepsForEverybody(ChatServer):
    """When one floods the room, nobody is heard for a long while."""

    def _spoke(self, connection: Connection, lines: list[bytes]) -> None:
        if len(lines) > AT_ONCE:
            time.sleep(PENALTY)
        super()._spoke(connection, lines)


BREAKS = (
    "five_hundred_lines_keep_their_order",
    "a_flood_keeps_nobody_waiting",
    "a_flooder_who_leaves_is_announced",
)
