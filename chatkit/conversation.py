"""What a client knows of its conversation from the lines it has heard: the room's mirror, and as pure.

The states follow one another: connecting (no prompt yet), naming, joined, closed. No socket, no thread.
"""

from typing import Literal

from chatkit.errors import ChatError, NameRefused, NameTaken, ServerGone
from chatkit.messages import (
    Joined,
    Left,
    Message,
    Notice,
    Prompt,
    Reply,
    Roster,
    decode_server,
    decode_text,
)

MOST_OTHERS = (
    200_000  # are noted: no server of ours lets as many in, and a hostile one names them without end
)
LONGEST_NAME = 200  # characters that are noted
QUOTED = 200  # characters of a server's last words in a sentence about its end
State = Literal["connecting", "naming", "joined", "closed"]


class Conversation:
    """Follow one conversation from the side of the client called `name`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.state: State = "connecting"
        self.joined = False  # at any time
        self._others: dict[str, None] = {}  # in order; a tuple would be copied for each of ten thousand
        self._last_words = ""  # if the last line was for this client alone

    @property
    def others(self) -> tuple[str, ...]:
        """Who else is there, as far as the server has told."""
        return tuple(self._others)

    def hear(self, line: bytes) -> Message:
        """Take in one line without its newline; return its message, or raise `BadLine`."""
        message = self._decode(line)
        if self.state == "naming" and isinstance(message, Roster | Notice):
            self.state, self.joined = "joined", True
        self._last_words = message.text if isinstance(message, Reply) else ""
        match message:
            case Prompt():
                self.state = "naming"
            case Joined(name):
                self._note([name])
            case Left(name):
                self._others.pop(name[:LONGEST_NAME], None)
            case Roster(names):
                self._others = {}
                self._note(names.split(", "))
        return message

    def ended(self, where: str) -> ChatError:
        """Say why the server at `where` may have ended it, with its own last words if there were any."""
        words = f"; it said: {_shortened(self._last_words)}" if self._last_words else ""
        if self.state != "naming":
            return ServerGone(f"{where} ended the conversation{words}")
        kind = NameTaken if "in use" in words or "taken" in words else NameRefused
        return kind(f"{where} did not let {self.name} in{words}")

    def _note(self, names: list[str]) -> None:
        """Note who is there, as far as a hostile server could not fill the memory with it."""
        room = MOST_OTHERS - len(self._others)
        self._others |= dict.fromkeys(name[:LONGEST_NAME] for name in names[:room] if name)

    def _decode(self, line: bytes) -> Message:
        if self.state == "connecting" and not line.startswith(b"!"):
            return Prompt(decode_text(line))
        if self.state == "joined" or line.startswith((b"*", b"!")):
            return decode_server(line)
        return Reply(decode_text(line))  # before it lets anybody in, a server may say what it likes


def _shortened(text: str) -> str:
    text = " ".join(text.split())  # blanks could push words to a terminal's left edge
    return text if len(text) <= QUOTED else f"{text[:QUOTED]} ..."
