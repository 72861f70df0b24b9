"""SPECIMEN, broken on purpose: the list goes to everybody else, and the news of the newcomer to the newcomer."""

from chatkit.room import Effects, Guest, Tell
from chatkit.server import ChatServer
from chatkit.specimens.seams import OpenRoom


class _Room(OpenRoom):
    def _enter(self, guest: Guest, name: str) -> Effects:
        for_the_newcomer, for_the_others = super()._enter(guest, name)
        assert isinstance(for_the_newcomer, Tell) and isinstance(for_the_others, Tell)
        return [
            Tell(for_the_newcomer.to, for_the_others.message),
            Tell(for_the_others.to, for_the_newcomer.message),
        ]


class SwappedGreetings(ChatServer):
    """Nobody learns who has come, and the newcomer learns only its own name."""

    room_type = _Room


BREAKS = ()
