"""SPECIMEN, broken on purpose: who speaks is taken from what is said, as the clients write it there."""

import re

from chatkit.effects import Effects, Guest
from chatkit.messages import Speech
from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def _relay(self, guest: Guest, text: str) -> Effects:
        signed = re.search(r"\[(\w+)\] (.*)", text)
        name, words = signed.groups() if signed else (self._names[guest], text)
        return self._spread(guest, Speech(name, words))


class SenderTrusted(ChatServer):
    """Anybody can speak for anybody else."""

    room_type = _Room


BREAKS = (
    "a_message_arrives_as_it_was_said",
    "control_characters_harm_nobody",
)
