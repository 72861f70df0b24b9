"""Wait for what must happen, with a deadline that counts only time in which this program really ran.

A machine that stands still (a virtual one whose host is busy, a laptop that sleeps) accuses nobody.
"""

import time
from collections.abc import Callable

from chatkit.awake import waits

PAUSE = 0.01  # seconds between two looks


def comes_true(test: Callable[[], object], timeout: float) -> bool:
    """Say whether `test()` comes true within `timeout` seconds; it is asked once at least."""
    left = waits(timeout)
    while not test():
        if not next(left, 0):
            return False
        time.sleep(PAUSE)
    return True
