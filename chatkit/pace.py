"""How fast one client may speak: so many lines at once, and so many a second from then on (a token bucket).

The clock is the caller's, in seconds, so that hours can be tested in no time.
"""

SECOND = 1.0  # without an excess, and a flood is over; between two complaints


class Pace:
    """Let `burst` lines pass at once and `rate` a second after that."""

    __slots__ = ("_burst", "_dropped", "_excess", "_left", "_rate", "_seen", "_told", "flood")

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate, self._burst = rate, burst
        self._left = float(burst)
        self._seen = now
        self.flood = 0.0  # seconds for which it has been too fast, without a pause
        self._excess = self._told = float("-inf")  # when it was last too fast, and last told so
        self._dropped = 0

    def allow(self, lines: int, now: float) -> int:
        """Return how many of so many lines may pass now."""
        self._refill(now)
        passed = min(lines, int(self._left))
        self._left -= passed
        if passed < lines:
            pause = now - self._excess
            self.flood = self.flood + pause if pause <= SECOND else 0.0
            self._excess = now
            self._dropped += lines - passed
        return passed

    def may_speak(self, now: float) -> bool:
        """Say whether one line may pass now."""
        self._refill(now)
        return self._left >= 1

    def complaint(self, now: float) -> str:
        """Say how many lines did not pass; empty if all did, or if that was said within the last second."""
        if not self._dropped or now - self._told < SECOND:
            return ""
        dropped, self._dropped, self._told = self._dropped, 0, now
        return f"too fast: nobody heard {dropped} of your lines; {self._rate:g} a second are fine"

    def _refill(self, now: float) -> None:
        self._left = min(self._burst, self._left + (now - self._seen) * self._rate)
        self._seen = now
