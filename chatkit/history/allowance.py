"""How much of the switchboard's time may go into a costly wish. No clock of its own."""


class Allowance:
    """Grant `share` of all time, saved up to `most` seconds."""

    def __init__(self, share: float, most: float) -> None:
        self._share, self._most = share, most
        self._left, self._seen = most, 0.0

    def is_left(self, now: float) -> bool:
        """Say whether there is any."""
        earned = self._share * (now - self._seen)
        self._left, self._seen = min(self._most, self._left + earned), now
        return self._left > 0

    def spend(self, seconds: float) -> None:
        """Take what a wish has cost, even if it is more than was left."""
        self._left -= seconds
