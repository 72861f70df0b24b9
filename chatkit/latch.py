"""A latch opens once, and may be waited for and opened anywhere, also in the handler of a signal.

`threading.Event` may not: its lock cannot be taken twice by one thread, and a handler runs in the midst of
whatever its thread is doing. Within `set` or `wait`, another `set` or `wait` of it would never come back.
"""

import queue
from contextlib import suppress

from chatkit.awake import waits


class Latch:
    """Hold up whoever waits until it is opened, and nobody after that."""

    def __init__(self) -> None:
        self.is_open = False
        self._pass: queue.SimpleQueue[None] = queue.SimpleQueue()  # its calls may interrupt each other

    def open(self) -> None:
        """Let everybody pass, from now on."""
        self.is_open = True  # first: who has the pass in hand for a moment holds nobody up
        self._pass.put(None)

    def wait(self, timeout: float) -> bool:
        """Return as soon as it is open, and after `timeout` seconds at most; say whether it is."""
        left = waits(timeout)
        while not self.is_open and (wait := next(left, 0)):
            with suppress(queue.Empty):
                self._pass.put(self._pass.get(timeout=wait))
        return self.is_open
