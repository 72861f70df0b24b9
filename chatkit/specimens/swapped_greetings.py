"""SPECIMEN, broken on purpose: the list goes to the others, and the news to the newcomer itself."""

from chatkit.effects import Admit, Effects, Guest, Spread, Tell
from chatkit.messages import Joined, Roster
from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def _enter(self, guest: Guest, name: str) -> Effects:
        names = ", ".join(self.names)
        super()._enter(guest, name)
        return [Tell(guest, Joined(name)), Admit(guest), Spread(guest, Roster(names))]


class SwappedGreetings(ChatServer):
    """Nobody learns who has come, and the newcomer learns only its own name."""

    room_type = _Room


BREAKS = (
    "a_newcomer_is_told_who_is_there",
    "the_list_leaves_out_the_newcomer",
    "everybody_else_hears_that_somebody_came",
    "who_has_left_is_not_listed",
    "nobody_is_missed_in_a_crowd",
)
