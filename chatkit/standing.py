"""Where a person stands with a room, and what a failure means for it: only words are looked at.

What a new try may mend (nobody answers, the server has gone) is told apart from what only the person can (the
name is refused, the host has shown them out).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from chatkit.errors import ChatError, NameRefused, NameTaken
from chatkit.messages import Message

State = Literal["connecting", "joined", "waiting", "refused", "ended"]

SHOWN_OUT = "removed by the host"  # in a server's last words: who reads it does not come back unasked
RULE = "a name is"  # so begins what a server says of a name that it does not take from anybody
GHOST_TIME = 150.0  # seconds for which a server may take a lost connection for a living one: 120 and a margin


@dataclass(frozen=True, slots=True)
class Status:
    """Where it stands: `why` says it in words; `until` on the monotonic clock, a new try comes."""

    state: State
    why: str = ""
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A typed line went out; `again` if it had been sent before, and may be heard twice."""

    line: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A typed line can never be sent; `why` says it in words."""

    line: str
    why: str


Event = Message | Status | Sent | NotTaken
Tell = Callable[[Event], object]


def after(error: ChatError, why: str, *, gone_for: float) -> State:
    """Say where a failure, for the reason `why`, leaves a person.

    They were here under the same name `gone_for` seconds ago; infinity: never. A name in use may be their own
    for a while, and words that are not about the name (the server stops, a proxy answers) are no refusal.
    """
    if SHOWN_OUT in why:
        return "ended"
    if not isinstance(error, NameRefused) or "it said" not in why:
        return "waiting"
    if isinstance(error, NameTaken):
        return "waiting" if gone_for < GHOST_TIME else "refused"
    return "waiting" if gone_for < math.inf and RULE not in why.lower() else "refused"
