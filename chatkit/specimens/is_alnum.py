"""SPECIMEN, broken on purpose: `all(c.isalnum() for c in name)`: true of any alphabet, and of ""."""

from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def _classify_name(self, name: str) -> tuple[str, str]:
        if not all(character.isalnum() for character in name) or len(name) > 24:
            return "refused name", "a name is 1 to 24 letters or digits"
        if self.holder(name) is not None:
            return "refused name", "that name is in use"
        return "name", name


class IsAlnum(ChatServer):
    """Somebody without a name comes in, and a second ada in other letters."""

    room_type = _Room


BREAKS = (
    "an_empty_name_is_refused",
    "a_name_with_an_accent_is_refused",
    "wild_names_are_not_announced",
)
