"""SPECIMEN, broken on purpose: the list is sent as a line for each name; an empty room sends none."""

from chatkit.messages import Notice
from chatkit.room import Effects, Guest, Tell
from chatkit.server import ChatServer
from chatkit.specimens.seams import OpenRoom


class _Room(OpenRoom):
    def _enter(self, guest: Guest, name: str) -> Effects:
        lines: Effects = [Tell((guest,), Notice(f"{other} is here")) for other in self.names]
        return lines + super()._enter(guest, name)[1:]


class LinePerName(ChatServer):
    """A newcomer cannot tell when the list has ended; in an empty room, not even whether it is in."""

    room_type = _Room


BREAKS = ()
