"""SPECIMEN, broken on purpose: who joins is put on the list twice, once by each of two places in the code."""

from chatkit.room import Guest, Room
from chatkit.server import ChatServer


class _Room(Room):
    def _others(self, guest: Guest) -> tuple[Guest, ...]:
        everybody = [*self._names, *self._names]
        if guest in everybody:
            everybody.remove(guest)  # removes the first it finds
        return tuple(everybody)


class ListedTwice(ChatServer):
    """Everything is heard twice, and one's own words once."""

    room_type = _Room


BREAKS = ()
