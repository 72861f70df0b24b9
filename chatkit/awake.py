"""A wait for another thread counts only time in which this process ran: of a standstill, half a second.

A machine may stand still in the midst of a wait (a virtual one whose host is busy, a laptop that sleeps);
when it goes on, the clock is past any deadline, and the other thread has not had its turn.
"""

import time
from collections.abc import Iterable, Iterator
from threading import Thread

MOST = 0.5  # seconds of one wait, and what a standstill counts for


def waits(seconds: float) -> Iterator[float]:
    """Yield how long to wait next, in seconds, as long as fewer than `seconds` have been waited."""
    while seconds > 0:
        began = time.monotonic()
        yield min(seconds, MOST)
        seconds -= min(time.monotonic() - began, MOST)


def join(threads: Iterable[Thread], seconds: float) -> None:
    """Wait until these threads have ended, for `seconds` seconds in all."""
    left = waits(seconds)
    for thread in threads:
        while thread.is_alive() and (wait := next(left, 0)):
            thread.join(wait)
