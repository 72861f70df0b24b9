"""SPECIMEN, broken on purpose: who speaks is taken from what is said, as the clients write it there."""

import re

from chatkit.messages import Said
from chatkit.room import Effects, Guest, Tell
from chatkit.server import ChatServer
from chatkit.specimens.seams import OpenRoom


class _Room(OpenRoom):
    def _relay(self, guest: Guest, text: str) -> Effects:
        signed = re.search(r"\[(\w+)\] (.*)", text)
        name, words = signed.groups() if signed else (self._names[guest], text)
        return [Tell(self._others(guest), Said(name, words))]


class SenderTrusted(ChatServer):
    """Anybody can speak for anybody else."""

    room_type = _Room


BREAKS = ()
