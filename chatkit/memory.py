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

    def note(self, speech: Speech) -> None:
        """Add these words to what the round has said."""
        self._said += [(speech.name, line) for line in speech.text.split("\n")]

    def keep(self) -> str:
        """Have all that was noted kept; return what everybody must know about it, mostly nothing."""
        said, self._said = self._said, []
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
        return self._recorder.forget(name) if self._recorder else 0
