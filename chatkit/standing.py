"""Where a person stands with a room, and what a failure means for it: only words are looked at.

What a new try may mend (nobody answers, the server has gone) is told apart from what only the person can (the
name is refused, the host has shown them out).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from chatkit.errors import ChatError, NameRefused, NameTaken
from chatkit.messages import Message

State = Literal["connecting", "joined", "waiting", "refused", "ended"]

SHOWN_OUT = "removed by the host"  # in a server's last words: who reads it does not come back unasked


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


def after(error: ChatError, why: str, *, was_here: bool) -> State:
    """Say where a failure, for the reason `why`, leaves a person who, lately, `was_here` under the same name.

    A name in use may then be their own: a server takes a lost connection for a living one for a while.
    """
    if SHOWN_OUT in why:
        return "ended"
    has_said_why = isinstance(error, NameRefused) and "it said" in why
    if has_said_why and not (isinstance(error, NameTaken) and was_here):
        return "refused"
    return "waiting"
