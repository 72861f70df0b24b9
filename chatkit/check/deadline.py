"""Wait for what must happen, with a deadline that counts only time in which this program really ran.

A machine that stands still (a virtual one whose host is busy, a laptop that sleeps) accuses nobody.
"""

import time
from collections.abc import Callable

PAUSE = 0.01  # seconds between two looks
MOST = 0.5  # seconds that one of them takes, as it counts


def comes_true(test: Callable[[], object], timeout: float) -> bool:
    """Say whether `test()` comes true within `timeout` seconds; it is asked once at least."""
    left, looked = timeout, time.monotonic()
    while not test():
        if left <= 0:
            return False
        time.sleep(PAUSE)
        before, looked = looked, time.monotonic()
        left -= min(looked - before, MOST)
    return True
