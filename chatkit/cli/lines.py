"""A message as a line to show: with colours, or as a JSON object.

Plain, it is `str(message)`, whose first character tells its kind; so colours only add to that.
"""

import json
import zlib
from dataclasses import asdict
from datetime import UTC, datetime

from chatkit.messages import Left, Lost, Message, Reply, Roster, Said

DIM, END = "\x1b[2m", "\x1b[0m"
COLOURS = (
    32,
    33,
    34,
    35,
    36,
    91,
    92,
    94,
    95,
    96,
)  # those that are readable on black and on white, without plain red


def painted(message: Message) -> str:
    """Return the message with colours: every name keeps its own, and what is about the room is dim."""
    match message:
        case Said(name, text):
            return f"\x1b[{colour(name)}m[{name}]{END} {text}"
        case Reply():
            return str(message)
    return f"{DIM}{message}{END}"


def colour(name: str) -> int:
    """Return the name's colour as an SGR number; it is the same for everybody, every time."""
    return COLOURS[zlib.crc32(name.lower().encode()) % len(COLOURS)]


def as_json(message: Message) -> str:
    """Return the message as one JSON object: its kind, its fields, and `at`, when it came, in UTC."""
    kind = Left if isinstance(message, Lost) else type(message)
    fields = asdict(message)  # type: ignore[call-overload]  # every message is a dataclass
    if isinstance(message, Roster):
        fields["names"] = [name for name in message.names.split(", ") if name]
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps({"kind": kind.__name__.lower(), **fields, "at": at})
