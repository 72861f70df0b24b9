"""SPECIMEN, broken on purpose: room for 16 characters, counted with the newline, so only 15 are left."""

from chatkit.room import Room
from chatkit.server import ChatServer


class _Room(Room):
    def _classify_name(self, name: str) -> tuple[str, str]:
        return super()._classify_name(name[: 16 - len("\n")])


class OffByTheNewline(ChatServer):
    """A name of 16 characters loses its last."""

    room_type = _Room


BREAKS = ("a_name_may_have_sixteen_characters",)
