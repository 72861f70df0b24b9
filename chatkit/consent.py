"""Who is recorded: a rule of the room, asked before a line is given to anything that stores.

A choice belongs to a name, in any mix of capitals, and names are not accounts: whoever comes by that name
next finds it, and may change it. The words that tell people stand here too, beside `is_told`, which reads
them.
"""

from collections.abc import Mapping

FORGET = "/forget removes what it has of you"
_REMEMBERS = "this room remembers what you say"
_DOES_NOT = "this room remembers, but not what you say"


class Consent:
    """Know whose lines may be recorded; if it `asks`, nobody's are until they say so."""

    def __init__(self, asks: bool = False, choices: Mapping[str, bool] | None = None) -> None:
        self.asks = asks
        self._choices = dict(choices or {})

    def is_recorded(self, name: str) -> bool:
        """Say whether the lines of `name` may be stored."""
        return self._choices.get(name.lower(), not self.asks)

    def choose(self, name: str, recorded: bool) -> None:
        """Keep to this choice from now on."""
        self._choices[name.lower()] = recorded

    def status(self, name: str) -> str:
        """Return the sentence that tells `name` what is remembered, and how to change it.

        It is said on joining and in answer to `/record on`, `/record off` and `/record status`.
        """
        if self.is_recorded(name):
            return f"{_REMEMBERS}; /record off stops that, {FORGET}"
        if name.lower() in self._choices:
            return f"{_DOES_NOT}; /record on lets it, {FORGET}"
        return f"{_DOES_NOT} unless you agree: /record on lets it, /record off stops it again"


def is_told(text: str) -> bool | None:
    """Read from a reply whether one is recorded: True, False, or None if it is about other things."""
    return {_REMEMBERS: True, _DOES_NOT: False}.get(text.partition(" unless")[0].partition(";")[0])


def forgotten(count: int | None) -> str:
    """Return the answer to `/forget`, of which `count` lines came, or None if it could not be done now."""
    if count is None:
        return "your lines could not be removed just now; please say /forget again in a minute"
    return f"{count} line{'' if count == 1 else 's'} of yours removed for good"
