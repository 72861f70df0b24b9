"""SPECIMEN, broken on purpose: who leaves is taken off the list, but its name is not given back."""

from chatkit.effects import Effects, Guest
from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def _farewell(self, guest: Guest, reason: str) -> Effects:
        name = self._names[guest].lower()
        effects = super()._farewell(guest, reason)
        self._holders[name] = object()  # a second book of names, which nobody tells
        return effects


class NameStaysTaken(ChatServer):
    """Who has left cannot come back under the same name."""

    room_type = _Room


BREAKS = (
    "who_left_politely_may_come_back",
    "who_was_reset_may_come_back",
)
