"""SPECIMEN, broken on purpose: a member is known by its place in a list, and places slide when one leaves."""

from chatkit.effects import Effects, Guest, Spread
from chatkit.messages import Left
from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._places: dict[Guest, int] = {}

    def _enter(self, guest: Guest, name: str) -> Effects:
        self._places[guest] = len(self._names)
        return super()._enter(guest, name)

    def _farewell(self, guest: Guest, reason: str) -> Effects:
        name = self.names[self._places[guest]]  # right, unless somebody before it has left
        super()._farewell(guest, reason)
        return [Spread(guest, Left(name))]


class RememberedPlace(ChatServer):
    """After one has left, the next one to leave is announced under another's name."""

    room_type = _Room


BREAKS = (
    "the_right_one_is_announced",
    "six_can_leave_in_one_instant",
    "innocents_lose_no_line_while_others_leave",
    "innocents_lose_no_line_while_others_are_reset",
    "the_room_outlives_a_hundred_visitors",
)
