"""What a line means: each kind of line is a frozen value, written by the same `form` that reads it.

The first character tells a server line's kind: `[` said, `*` about the room, `!` for you alone, `~`
remembered. Decoding is total: any bytes give a message or `BadLine`. This file knows no socket, and not who
is in the room. The lines are those of Budget Chat (Protohackers, problem 3); `!`, `~` and commands are added.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from chatkit.errors import BadLine


class Message:
    """One line; `str(message)` is its text without the newline."""

    form: ClassVar[str]

    def __str__(self) -> str:
        return self.form.format(self)


@dataclass(frozen=True, slots=True)
class Prompt(Message):
    """From the server, first of all: asks for a name, in any words."""

    text: str
    form = "{0.text}"


@dataclass(frozen=True, slots=True)
class Said(Message):
    """Somebody's words; the server wrote the name, so nobody can speak for another."""

    name: str
    text: str
    form = "[{0.name}] {0.text}"


@dataclass(frozen=True, slots=True)
class Speech(Message):
    """What a server sends of one person's words: a `Said` for each line of `text`."""

    name: str
    text: str

    def __str__(self) -> str:
        mark = f"[{self.name}] "
        return mark + self.text.replace("\n", f"\n{mark}")


@dataclass(frozen=True, slots=True)
class Joined(Message):
    """To everybody else: somebody came."""

    name: str
    form = "* {0.name} has entered the room"


@dataclass(frozen=True, slots=True)
class Left(Message):
    """To everybody else: somebody went, by an ordinary goodbye."""

    name: str
    form = "* {0.name} has left the room"


@dataclass(frozen=True, slots=True)
class Lost(Left):
    """The same, but not by an ordinary goodbye: `reason` says how."""

    reason: str
    form = "* {0.name} has left the room ({0.reason})"


@dataclass(frozen=True, slots=True)
class Roster(Message):
    """To a newcomer: the names of those who are there, joined by ", "; now it has joined."""

    names: str
    form = "* The room contains: {0.names}"


@dataclass(frozen=True, slots=True)
class Notice(Message):
    """About the room, in words that are none of the above: other servers have their own."""

    text: str
    form = "* {0.text}"


@dataclass(frozen=True, slots=True)
class Reply(Message):
    """To one client alone: an answer or an error."""

    text: str
    form = "! {0.text}"


@dataclass(frozen=True, slots=True)
class Remembered(Message):
    """A line from before; `when` is ISO 8601, in UTC."""

    when: str
    name: str
    text: str
    form = "~ {0.when} [{0.name}] {0.text}"


@dataclass(frozen=True, slots=True)
class Say(Message):
    """From a client: words for everybody else."""

    text: str
    form = "{0.text}"

    def __str__(self) -> str:
        return f"/{self.text}" if self.text.startswith("/") else self.text


@dataclass(frozen=True, slots=True)
class Command(Message):
    """From a client: a request to the server, such as `/who`."""

    request: str
    form = "/{0.request}"


# What could move the cursor, begin a new visual line or turn text round: C0 but tab, DEL, C1, LS, PS, bidi.
_ACTS = "\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
# What could hide text: without width, or without a shape (Default_Ignorable_Code_Point, UAX 44). Joiners and
# variation selectors stay, which Persian, emoji and Japanese names need.
_HIDES = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
_HIDES += "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
_FORBIDDEN = re.compile(f"[{_ACTS}{_HIDES}]")
_FIELDS = {"name": r"[^\s\[\]]+", "when": r"\S+", "text": ".*", "names": ".*", "reason": ".+"}


def _pattern(kind: type[Message]) -> re.Pattern[str]:
    """Turn a kind's form into the expression that reads it; a blank before a field may be missing."""
    form = re.escape(kind.form).replace(r"\ \{", r"\ ?\{")
    return re.compile(re.sub(r"\\\{0\\\.(\w+)\\\}", lambda m: f"(?P<{m[1]}>{_FIELDS[m[1]]})", form))


_SERVER_KINDS = [(_pattern(k), k) for k in (Said, Joined, Lost, Left, Roster, Notice, Reply, Remembered)]


def clean(text: str) -> str:
    """Replace every character that is not plain text by U+FFFD."""
    return _FORBIDDEN.sub("\ufffd", text)


def decode_text(line: bytes) -> str:
    """Decode one line as UTF-8; what is not UTF-8, or not plain text, becomes U+FFFD."""
    return clean(line.decode("utf-8", "replace"))


def decode_client(line: bytes) -> Say | Command:
    """Decode what a member sent: `/word` is a command, `//word` says the line `/word`."""
    text = decode_text(line)
    if text.startswith("/") and not text.startswith("//"):
        return Command(text[1:].strip())
    return Say(text.removeprefix("/"))


def decode_server(line: bytes) -> Message:
    """Decode what a server sent after its prompt; raise `BadLine` if no chat server sends such a line."""
    text = decode_text(line)
    for pattern, kind in _SERVER_KINDS:
        if match := pattern.fullmatch(text):
            return kind(**match.groupdict())
    raise BadLine(f"{text[:60]!r} is no chat line: those begin with [name], *, ! or ~")


def encode(message: Message) -> bytes:
    r"""Return the message as one line of UTF-8, its `\n` included; whatever it holds, it is one line.

    A `Speech` has as many lines as its text, which is clean.
    """
    text = str(message) if isinstance(message, Speech) else clean(str(message))
    return (text + "\n").encode("utf-8", "replace")
