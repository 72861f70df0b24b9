"""Who is recorded: a rule of the room, asked before a line is given to anything that stores.

A choice belongs to a name, in any mix of capitals, and names are not accounts: whoever comes by that name
next finds it, and may change it. The words that tell people stand here too, beside `is_told`, which reads
them.
"""

import re
from collections.abc import Mapping

MOST = 100_000  # names whose choice is held on to when they have left: nobody can make it grow for ever
FORGET = "/forget removes what it has of you"
_REMEMBERS = "this room remembers what you say"
_DOES_NOT = "this room remembers, but not what you say"
_CONDITION = re.compile(";| unless| while")


class Consent:
    """Know whose lines may be recorded; if it `asks`, nobody's are until they say so."""

    def __init__(self, asks: bool = False, choices: Mapping[str, bool] | None = None) -> None:
        self.asks = asks
        self._choices = dict(choices or {})
        self._passing: dict[str, bool] = {}  # of who is here, when there are too many others

    def is_recorded(self, name: str) -> bool:
        """Say whether the lines of `name` may be stored."""
        name = name.lower()
        return self._passing.get(name, self._choices.get(name, not self.asks))

    def choose(self, name: str, recorded: bool) -> bool:
        """Keep to this choice from now on; return whether it outlives the goodbye of `name`."""
        name = name.lower()
        lasts = name in self._choices or len(self._choices) < MOST
        (self._choices if lasts else self._passing)[name] = recorded
        return lasts

    def leave(self, name: str) -> None:
        """Let go of what cannot be held on to."""
        self._passing.pop(name.lower(), None)

    def status(self, name: str) -> str:
        """Return the sentence that tells `name` what is remembered, and how to change it.

        It is said on joining and in answer to `/record on`, `/record off` and `/record status`.
        """
        if self.is_recorded(name):
            return f"{_REMEMBERS}; /record off stops that, {FORGET}"
        if name.lower() in self._passing:
            return (
                f"{_DOES_NOT} while you are here: so many have chosen that it ends when you leave; {FORGET}"
            )
        if name.lower() in self._choices:
            return f"{_DOES_NOT}; /record on lets it, {FORGET}"
        return f"{_DOES_NOT} unless you agree: /record on lets it, /record off stops it again"


def is_told(text: str) -> bool | None:
    """Read from a reply whether one is recorded: True, False, or None if it is about other things."""
    return {_REMEMBERS: True, _DOES_NOT: False}.get(_CONDITION.split(text)[0])


def forgotten(count: int | None) -> str:
    """Return the answer to `/forget`, of which `count` lines came, or None if that takes a while."""
    if count is None:
        return "your lines will be removed as soon as that can be done; /forget again tells whether it was"
    return f"{count} line{'' if count == 1 else 's'} of yours removed for good"
