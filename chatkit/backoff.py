"""How long to wait before the next try: longer each time, and never as long as the others.

A hundred clients that a server's end has cut off at one instant must not return at one instant. Each waits
a random part of a time that doubles ("full jitter"); the cap comes before the dice, or all who have reached
it would return together again. This file knows no clock: it only says how long.
"""

import random


class Backoff:
    """Say how many seconds to wait: somewhere from 0 to `first`, then to twice that, up to `longest`.

    A seeded `dice` makes it repeatable.
    """

    def __init__(self, first: float = 0.5, longest: float = 30.0, dice: random.Random | None = None) -> None:
        self.first, self.longest = first, longest
        self.tries = 0  # since the last success
        self._dice = dice or random.Random()

    @property
    def bound(self) -> float:
        """The most that the next wait can be, in seconds."""
        doublings = min(self.tries, 60)  # a float has room for them, and for no thousand more
        return min(self.longest, self.first * 2.0**doublings)

    def next(self) -> float:
        """Return the next wait, in seconds."""
        wait = self._dice.uniform(0.0, self.bound)
        self.tries += 1
        return wait

    def reset(self) -> None:
        """Begin anew, after a success."""
        self.tries = 0
