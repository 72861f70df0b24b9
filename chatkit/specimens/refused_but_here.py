"""SPECIMEN, broken on purpose: a bad name is refused in words, and the connection left open."""

from chatkit.messages import Reply
from chatkit.room import Effects, Guest, Tell
from chatkit.server import ChatServer
from chatkit.specimens.seams import OpenRoom


class _Room(OpenRoom):
    def _refuse(self, guest: Guest, why: str) -> Effects:
        return [Tell((guest,), Reply(why))]  # and then?


class RefusedButHere(ChatServer):
    """Who gave a bad name can neither talk nor try again: nobody hangs up."""

    room_type = _Room


BREAKS = ()
