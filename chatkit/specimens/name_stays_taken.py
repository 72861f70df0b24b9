"""SPECIMEN, broken on purpose: who leaves is taken off the list, but its name is not given back."""

from chatkit.room import Effects, Guest
from chatkit.server import ChatServer
from chatkit.specimens.seams import OpenRoom


class _Room(OpenRoom):
    def _farewell(self, guest: Guest, reason: str) -> Effects:
        name = self._names[guest].lower()
        effects = super()._farewell(guest, reason)
        self._holders[name] = object()  # a second book of names, which nobody tells
        return effects


class NameStaysTaken(ChatServer):
    """Who has left cannot come back under the same name."""

    room_type = _Room


BREAKS = ()
