"""What the room may decide: each effect is a frozen value, and it is for others to carry out.

They are carried out in the order in which they are given.
"""

from dataclasses import dataclass
from typing import Any

from chatkit.messages import Message, Speech

Guest = Any  # any hashable value


@dataclass(frozen=True, slots=True)
class Tell:
    """This guest must be sent this message."""

    to: Guest
    message: Message


@dataclass(frozen=True, slots=True)
class Spread:
    """Everybody who is in the room must be sent this message, except who it is by."""

    by: Guest
    message: Message


@dataclass(frozen=True, slots=True)
class Admit:
    """From here on, this guest is sent what is spread."""

    guest: Guest


@dataclass(frozen=True, slots=True)
class HangUp:
    """This guest is sent what is queued, then its connection is closed."""

    guest: Guest


@dataclass(frozen=True, slots=True)
class Remember:
    """These words are kept, before anybody is sent them."""

    speech: Speech


@dataclass(frozen=True, slots=True)
class Replay:
    """This guest is told what was said last, as far as it was kept."""

    guest: Guest


@dataclass(frozen=True, slots=True)
class Choose:
    """It is kept that the one of this name wants to be remembered, or does not."""

    name: str
    remembered: bool


@dataclass(frozen=True, slots=True)
class Forget:
    """All that was kept of this name is removed, and this guest is told so."""

    guest: Guest
    name: str


Effects = list[Tell | Spread | Admit | HangUp | Remember | Replay | Choose | Forget]
