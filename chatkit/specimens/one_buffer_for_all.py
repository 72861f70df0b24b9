"""SPECIMEN, broken on purpose: all connections share one buffer, like a mutable default argument."""

from typing import Any

from chatkit.connection import Connection
from chatkit.framing import LineReader
from chatkit.server import ChatServer


class OneBufferForAll(ChatServer):
    """When two send halves of lines in turn, the halves mix."""

    def __init__(self, host: str, port: int, **options: Any) -> None:
        super().__init__(host, port, **options)
        self.lines = LineReader(self.limits.line)  # made once, and not once for each connection

    def _accept(self) -> Connection | None:
        connection = super()._accept()
        if connection:
            connection.lines = self.lines
        return connection


BREAKS = (
    "leaving_in_mid_line_is_told_once",
    "a_reset_at_the_door_is_not_mentioned",
    "half_a_name_harms_nobody",
    "halves_of_two_people_do_not_mix",
    "a_line_over_the_limit_harms_nobody",
    "an_endless_line_harms_nobody",
    "an_over_long_name_harms_nobody",
    "a_flood_keeps_nobody_waiting",
)
