"""SPECIMEN, broken on purpose: in the loop over the members, `return` stands one step too far in."""

from chatkit.effects import Effects, Guest, Tell
from chatkit.messages import Speech
from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def _relay(self, guest: Guest, text: str) -> Effects:
        effects: Effects = []
        for other in self._names:
            if other != guest:
                effects.append(Tell(other, Speech(self._names[guest], text)))
                return effects
        return effects


class ReturnInTheLoop(ChatServer):
    """Only the first in the list hears what is said."""

    room_type = _Room


BREAKS = ("a_message_reaches_everybody_else",)
