"""Everything that a dialogue's participants sent and received, in the order in which it happened.

A dialogue may move megabytes, so of each piece only the beginning is kept. This file knows no socket.
"""

import time
from dataclasses import dataclass, field

KEPT_BYTES = 60  # of one piece: enough to recognize it
SENT, RECEIVED = "→", "←"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that one participant did or saw, `time` seconds after the dialogue began."""

    time: float
    who: str
    what: str  # "→" sent, "←" received, or words such as "FIN ←"
    data: bytes = b""
    size: int = 0

    def __str__(self) -> str:
        return f"{self.what} {show(self.data, self.size)}" if self.size else self.what


@dataclass
class Timeline:
    """Collect what happens, from the moment it is made."""

    events: list[Event] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    closed: bool = False

    def now(self) -> float:
        """Return the seconds since the dialogue began."""
        return time.monotonic() - self.began

    def add(self, who: str, what: str, data: bytes | bytearray = b"", size: int = -1) -> None:
        """Write one event down; the first `size` bytes of `data`, or all, were sent or received."""
        size = len(data) if size < 0 else size
        if not self.closed:
            self.events.append(Event(self.now(), who, what, bytes(data[: min(size, KEPT_BYTES)]), size))

    def close(self) -> None:
        """Write nothing more down: the dialogue is over."""
        self.closed = True

    def participants(self) -> list[str]:
        """Return who took part, in the order of their entrance."""
        return list(dict.fromkeys(event.who for event in self.events))


def show(data: bytes | str, size: int = 0) -> str:
    r"""Write data so that one can read it: quoted, on one line, `\n` and control characters escaped."""
    text = data.decode("utf-8", "backslashreplace") if isinstance(data, bytes) else data
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:KEPT_BYTES])
    more = max(size, len(data)) - len(text[:KEPT_BYTES].encode())
    return f"'{shown}'" + (f" and {more} bytes more" if more > 0 else "")
