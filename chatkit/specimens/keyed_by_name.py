"""SPECIMEN, broken on purpose: members are kept by name, so a second ada takes the place of the first."""

from chatkit.effects import Effects, Guest
from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def holder(self, name: str) -> Guest | None:
        return None  # whether the name is in use is not asked

    def _enter(self, guest: Guest, name: str) -> Effects:
        for namesake in [member for member, known in self._names.items() if known == name]:
            del self._names[namesake]  # as in a dict of names, which has one entry for each
        return super()._enter(guest, name)


class KeyedByName(ChatServer):
    """When a second ada comes in, the first can no longer speak."""

    room_type = _Room


BREAKS = ("a_second_holder_of_a_name_is_in_or_out",)
