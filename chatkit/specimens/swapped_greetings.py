"""SPECIMEN, broken on purpose: the list goes to the others, and the news to the newcomer itself."""

from chatkit.messages import Joined, Roster
from chatkit.room import Effects, Guest, Tell
from chatkit.server import ChatServer
from chatkit.specimens.seams import OpenRoom


class _Room(OpenRoom):
    def _enter(self, guest: Guest, name: str) -> Effects:
        others = self._others(guest)
        names = ", ".join(self.names)
        super()._enter(guest, name)
        return [Tell((guest,), Joined(name)), Tell(others, Roster(names))]


class SwappedGreetings(ChatServer):
    """Nobody learns who has come, and the newcomer learns only its own name."""

    room_type = _Room


BREAKS = ()
