"""What a switchboard wants of a history, and nothing of how one is kept.

The thread that starts the server calls `open` and `choices`, and `close` if the start fails after that. Then
the switchboard's thread alone calls, so nothing may wait: not for a lock, not for a disk that is full. What
cannot be kept is counted, and told in one sentence.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from chatkit.messages import Remembered


class Recorder(Protocol):
    """Keep what was said, by those who agree (`consent`)."""

    replay: int
    """How many lines a newcomer is told."""

    asks: bool
    """Whether nobody is recorded who has not asked for it."""

    def open(self) -> None:
        """Make ready, before anybody is let in; raise `ChatError` if this history cannot be kept."""

    def choices(self) -> Mapping[str, bool]:
        """Return the names, in small letters, that have chosen, and whether they are recorded."""

    def record(self, said: Sequence[tuple[str, str]]) -> str | None:
        """Keep these names and texts before anybody hears them; return what everybody must know, if anything.

        With nothing said it only looks after itself: it resumes, and lets go of what is too old.
        """

    def last(self) -> Sequence[Remembered]:
        """Return the last `replay` lines that are kept, oldest first."""

    def choose(self, name: str, recorded: bool) -> None:
        """Hold on to somebody's choice, at the latest by the next `record`: then they are told."""

    def forget(self, name: str) -> int | None:
        """Remove every line of `name` for good; return how many, or None if it cannot be done now."""

    def close(self) -> None:
        """Let go of everything, when nobody is left."""
