"""SPECIMEN, broken on purpose: two events tell of one ending ("end" and "close"), and each announces it."""

from chatkit.connection import Connection
from chatkit.messages import Left
from chatkit.room import State, Tell
from chatkit.server import ChatServer


class EndAndClose(ChatServer):
    """Every goodbye is told twice."""

    def _goodbye(self, connection: Connection) -> None:
        name = self.room._names.get(connection, "")
        was_member = self.room.state(connection) is State.JOINED
        super()._goodbye(connection)  # on "end"
        if was_member:  # on "close", from a copy of the name that nobody has taken back
            self._tell(Tell(self.room._others(connection), Left(name)))


BREAKS = ()
