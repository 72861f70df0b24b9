"""SPECIMEN, broken on purpose: whoever gives a name is announced, and only then is the name checked."""

from chatkit.effects import Admit, Effects, Guest, Spread
from chatkit.messages import Joined, decode_text
from chatkit.room import Room, State
from chatkit.server import ChatServer


class _Room(Room):
    def hear(self, guest: Guest, line: bytes) -> Effects:
        if self.state(guest) is not State.NAMING:
            return super().hear(guest, line)
        return [Spread(guest, Joined(decode_text(line))), *super().hear(guest, line)]

    def _enter(self, guest: Guest, name: str) -> Effects:
        greeting, *_ = super()._enter(guest, name)
        return [greeting, Admit(guest)]  # the others have been told


class AnnouncedTooEarly(ChatServer):
    """Everybody hears the name of somebody who is then refused, whatever stands in it."""

    room_type = _Room


BREAKS = (
    "a_refused_name_is_never_mentioned",
    "wild_names_are_not_announced",
    "other_protocols_at_the_door_harm_nobody",
    "a_bad_byte_at_the_door_harms_nobody",
)
