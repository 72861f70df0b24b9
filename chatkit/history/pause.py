"""Whether lines can be kept just now: told once whenever that changes, and counted meanwhile.

A disk that takes one line in two would be told of at every second line. So a pause lasts a while at least,
and longer if another went before it not long ago.
"""

SHORTEST, LONGEST = 1.0, 30.0  # seconds until the next try
CALM = 60.0  # seconds after which a pause is the first again


class Pause:
    """Count what cannot be kept, and say when that begins and ends."""

    missed = 0
    """Lines that were not kept since it began."""

    is_on = False

    def __init__(self) -> None:
        self._length = SHORTEST
        self._ended = self._again = float("-inf")

    def waits(self, now: float) -> bool:
        """Say whether it is too early for another try."""
        return self.is_on and now < self._again

    def fail(self, why: str, lines: int, now: float) -> str | None:
        """Count lines that could not be kept; return what to tell everybody, if it is new."""
        news = None if self.is_on else self._begin(why, now)
        self.missed += lines
        self._again = now + self._length
        return news

    def succeed(self, now: float) -> str | None:
        """Note that keeping works; return what to tell everybody, if it is new."""
        if not self.is_on:
            return None
        self.is_on, self._ended = False, now
        return f"history goes on; {self.missed} line{' was' if self.missed == 1 else 's were'} not kept"

    def _begin(self, why: str, now: float) -> str:
        calm = now - self._ended > CALM
        self._length = SHORTEST if calm else min(2 * self._length, LONGEST)
        self.is_on, self.missed = True, 0
        return f"history paused: {why}; what is said now is not kept"
