"""A latch opens once, and may be waited for and opened anywhere, also in the handler of a signal.

`threading.Event` may not: its lock cannot be taken twice by one thread, and a handler runs in the midst of
whatever its thread is doing. Within `set` or `wait`, another `set` or `wait` of it would never come back.
"""

import threading


class Latch:
    """Hold up whoever waits until it is opened, and nobody after that."""

    def __init__(self) -> None:
        self.is_open = False
        self._lock = threading.Lock()  # held until then
        self._lock.acquire()

    def open(self) -> None:
        """Let everybody pass, from now on; a second time changes nothing."""
        if not self.is_open:
            self.is_open = True  # first: who passes holds the lock for a moment, and then nobody waits for it
            self._lock.release()

    def wait(self, timeout: float) -> bool:
        """Return as soon as it is open, and after `timeout` seconds at most; say whether it is."""
        if not self.is_open and self._lock.acquire(timeout=timeout):
            self._lock.release()
        return self.is_open
