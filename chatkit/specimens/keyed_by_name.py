"""SPECIMEN, broken on purpose: members are kept by name, so a second of that name takes the place of the first."""

from chatkit.room import Effects, Guest
from chatkit.server import ChatServer
from chatkit.specimens.seams import OpenRoom


class _Room(OpenRoom):
    def holder(self, name: str) -> Guest | None:
        return None  # whether the name is in use is not asked

    def _enter(self, guest: Guest, name: str) -> Effects:
        effects = super()._enter(guest, name)
        self._names = {holder: each for each, holder in {n: g for g, n in self._names.items()}.items()}
        return effects


class KeyedByName(ChatServer):
    """When a second ada comes in, the first can no longer speak."""

    room_type = _Room


BREAKS = ()
