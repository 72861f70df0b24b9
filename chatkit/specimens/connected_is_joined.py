"""SPECIMEN, broken on purpose: whoever is connected counts as a member, name or no name."""

from chatkit.messages import Left
from chatkit.room import Effects, Guest, Tell
from chatkit.server import ChatServer
from chatkit.specimens.seams import OpenRoom


class _Room(OpenRoom):
    def _others(self, guest: Guest) -> tuple[Guest, ...]:
        return tuple(other for other in self._states if other != guest)

    def _vanish(self, guest: Guest, _reason: str) -> Effects:
        return [Tell(self._others(guest), Left(str(self._names.get(guest))))]


class ConnectedIsJoined(ChatServer):
    """Who has not said its name overhears everything, and when it goes, None has left the room."""

    room_type = _Room


BREAKS = ()
