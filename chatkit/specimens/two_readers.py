"""SPECIMEN, broken on purpose: the name is read through one buffer, and the chat through another."""

from chatkit.connection import Connection
from chatkit.framing import LineReader
from chatkit.room import State
from chatkit.server import ChatServer


class TwoReaders(ChatServer):
    """What comes in one piece with the name is lost."""

    def _spoke(self, connection: Connection, lines: list[bytes]) -> None:
        if lines and self.room.state(connection) is State.NAMING:
            connection.lines = LineReader(self.limits.line)  # the first one has read ahead, and goes with it
            lines = lines[:1]
        super()._spoke(connection, lines)


BREAKS = ("lines_glued_to_the_name_are_heard",)
