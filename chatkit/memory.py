"""What a round has said that is to be kept: it reaches the history whole, in order, before anybody hears it.

Where no history was handed in, nothing is kept. How one is kept is the recorder's own affair; a bug in it
ends the history, and costs nobody a line.
"""

import logging
from collections.abc import Callable
from itertools import accumulate
from typing import TypeVar

from chatkit.messages import Remembered, Speech, encode
from chatkit.recording import Recorder

FAILED = "the history has failed; from now on nothing is kept"

T = TypeVar("T")
log = logging.getLogger("chatkit.server")


class Memory:
    """Collect the words of one round for `recorder`, which may be None."""

    def __init__(self, recorder: Recorder | None) -> None:
        self._recorder = recorder
        self._failure = ""  # what nobody has been told yet
        self._said: list[tuple[str, str]] = []
        self._forgotten = ""  # the last name whose lines were removed, if nothing was kept since

    @property
    def is_kept(self) -> bool:
        """Whether there is a history."""
        return self._recorder is not None

    @property
    def has_news(self) -> bool:
        """Whether something is noted that is not kept yet."""
        return bool(self._said)

    def note(self, speech: Speech) -> None:
        """Add these words to what the round has said."""
        self._said += [(speech.name, line) for line in speech.text.split("\n")]

    def keep(self) -> str:
        """Have all that was noted kept; return what everybody must know about it, mostly nothing."""
        said, self._said, self._forgotten = self._said, [], ""
        news = self._ask(lambda recorder: recorder.record(said))
        failure, self._failure = self._failure, ""
        return failure or news or ""

    def last(self, most: int) -> list[Remembered]:
        """Return what a newcomer is told, oldest first: the newest lines, `most` bytes of them."""
        lines = list(self._ask(lambda recorder: recorder.last()) or [])
        sizes = accumulate(len(encode(line)) for line in reversed(lines))
        return lines[len(lines) - sum(size <= most for size in sizes) :]

    def choose(self, name: str, remembered: bool) -> None:
        """Keep somebody's choice."""
        self._ask(lambda recorder: recorder.choose(name, remembered))

    def forget(self, name: str) -> int | None:
        """Remove what was kept of `name`; return how many lines, or None if it cannot be done now."""
        if not self._recorder or name == self._forgotten:  # a flood of this wish costs no more than one
            return 0
        count = self._ask(lambda recorder: recorder.forget(name))
        self._forgotten = "" if count is None else name
        return count

    def _ask(self, question: Callable[[Recorder], T]) -> T | None:
        try:
            return question(self._recorder) if self._recorder else None
        except Exception:
            log.exception("a bug in the history")
            self._recorder, self._failure = None, FAILED
            return None
