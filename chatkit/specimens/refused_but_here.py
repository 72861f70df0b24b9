"""SPECIMEN, broken on purpose: a bad name is refused in words, and the connection left open."""

from chatkit.effects import Effects, Guest, Tell
from chatkit.messages import Reply
from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def _refuse(self, guest: Guest, why: str) -> Effects:
        return [Tell(guest, Reply(why))]  # and then?


class RefusedButHere(ChatServer):
    """Who gave a bad name can neither talk nor try again: nobody hangs up."""

    room_type = _Room


BREAKS = (
    "a_name_with_other_characters_is_refused",
    "an_empty_name_is_refused",
    "a_second_holder_of_a_name_is_in_or_out",
    "a_name_with_an_accent_is_refused",
)
