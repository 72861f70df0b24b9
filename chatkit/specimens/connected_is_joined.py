"""SPECIMEN, broken on purpose: whoever is connected counts as a member, name or no name."""

from chatkit.effects import Effects, Guest, Tell
from chatkit.messages import Left, Message
from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def _spread(self, guest: Guest, message: Message) -> Effects:
        return [Tell(other, message) for other in self._states if other != guest]

    def _vanish(self, guest: Guest, _reason: str) -> Effects:
        return self._spread(guest, Left(str(self._names.get(guest))))


class ConnectedIsJoined(ChatServer):
    """Who has not said its name overhears everything, and when it goes, None has left the room."""

    room_type = _Room


BREAKS = (
    "who_has_no_name_yet_hears_nothing",
    "who_never_joined_is_never_mentioned",
    "leaving_at_the_door_is_not_mentioned",
    "a_reset_at_the_door_is_not_mentioned",
)
