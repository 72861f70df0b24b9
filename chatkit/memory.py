"""What a round has said that is to be kept: it reaches the history whole, in order, before anybody hears it.

Where no history was handed in, nothing is kept. How one is kept is the recorder's own affair.
"""

from chatkit.messages import Remembered, Speech
from chatkit.recording import Recorder


class Memory:
    """Collect the words of one round for `recorder`, which may be None."""

    def __init__(self, recorder: Recorder | None) -> None:
        self._recorder = recorder
        self._said: list[tuple[str, str]] = []
        self._forgotten = ""  # the last name whose lines were removed, if nothing was kept since

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
        return (self._recorder and self._recorder.record(said)) or ""

    def last(self) -> list[Remembered]:
        """Return what a newcomer is told, oldest first."""
        return list(self._recorder.last()) if self._recorder else []

    def choose(self, name: str, remembered: bool) -> None:
        """Keep somebody's choice."""
        if self._recorder:
            self._recorder.choose(name, remembered)

    def forget(self, name: str) -> int | None:
        """Remove what was kept of `name`; return how many lines, or None if it cannot be done now."""
        if not self._recorder or name == self._forgotten:  # a flood of this wish costs no more than one
            return 0
        count = self._recorder.forget(name)
        self._forgotten = "" if count is None else name
        return count
