"""SPECIMEN, broken on purpose: only a failing send shows who is dead, and the error is the speaker's."""

from chatkit.connection import Connection
from chatkit.messages import encode
from chatkit.room import Tell
from chatkit.server import ChatServer


class DeadListener(ChatServer):
    """Somebody leaves, and whoever speaks next is thrown out, one after the other."""

    def _goodbye(self, connection: Connection) -> None:
        connection.ended = True  # it stays in the list until somebody stumbles over it

    def _tell(self, effect: Tell) -> None:
        for connection in effect.to:
            connection.sock.send(encode(effect.message))  # raises in the turn of the one who speaks


BREAKS = ()
