"""SPECIMEN, broken on purpose: the newcomer is put on the list before that is sent, and told to all."""

from chatkit.effects import Admit, Effects, Guest, Tell
from chatkit.messages import Joined, Roster
from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def _enter(self, guest: Guest, name: str) -> Effects:
        super()._enter(guest, name)
        return [
            Tell(guest, Roster(", ".join(self.names))),
            Admit(guest),
            *(Tell(member, Joined(name)) for member in self._names),
        ]


class JoinedTooEarly(ChatServer):
    """A newcomer finds itself in the list, and is told of its own coming."""

    room_type = _Room


BREAKS = (
    "the_list_leaves_out_the_newcomer",
    "nobody_is_told_of_their_own_coming",
)
