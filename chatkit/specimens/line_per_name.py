"""SPECIMEN, broken on purpose: the list is sent as a line for each name; an empty room sends none."""

from chatkit.effects import Effects, Guest, Tell
from chatkit.messages import Notice
from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def _enter(self, guest: Guest, name: str) -> Effects:
        lines: Effects = [Tell(guest, Notice(f"{other} is here")) for other in self.names]
        return lines + super()._enter(guest, name)[1:]


class LinePerName(ChatServer):
    """A newcomer cannot tell when the list has ended; in an empty room, not even whether it is in."""

    room_type = _Room


BREAKS = (
    "the_first_one_in_is_told_that_nobody_is_there",
    "a_newcomer_is_told_who_is_there",
)
