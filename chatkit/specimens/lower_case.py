"""SPECIMEN, broken on purpose: a name is made lower case, so that Ada and ada are one."""

from chatkit.effects import Effects, Guest
from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def _enter(self, guest: Guest, name: str) -> Effects:
        return super()._enter(guest, name.lower())


class LowerCase(ChatServer):
    """Who calls itself Grace is heard as grace."""

    room_type = _Room


BREAKS = (
    "a_name_may_have_sixteen_characters",
    "a_name_may_be_any_letters_and_digits",
)
