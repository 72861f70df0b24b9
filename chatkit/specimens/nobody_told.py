"""SPECIMEN, broken on purpose: the loop ends with the connection, and nobody cleans up after it."""

from chatkit.connection import Connection
from chatkit.server import ChatServer


class NobodyTold(ChatServer):
    """Who has gone stays in the list for ever, and nobody hears of it."""

    def _goodbye(self, connection: Connection) -> None:
        connection.ended = True  # `return` would have read as well; the room still counts it in


BREAKS = ()
