"""SPECIMEN, broken on purpose: two events tell of one ending ("end" and "close"), and each announces it."""

from chatkit.connection import Connection
from chatkit.effects import Spread
from chatkit.messages import Left
from chatkit.room import State
from chatkit.server import ChatServer


class EndAndClose(ChatServer):
    """Every goodbye is told twice."""

    def _goodbye(self, connection: Connection) -> None:
        name = self.room._names.get(connection, "")
        was_member = self.room.state(connection) is State.JOINED
        super()._goodbye(connection)  # on "end"
        if was_member:  # on "close", from a copy of the name that nobody has taken back
            self._spread(Spread(connection, Left(name)))


BREAKS = (
    "a_polite_goodbye_is_told_once",
    "a_reset_is_told_once",
    "closing_with_unread_lines_is_told_once",
    "last_words_before_a_half_close_are_heard",
    "leaving_in_mid_line_is_told_once",
    "the_right_one_is_announced",
    "six_can_leave_in_one_instant",
)
