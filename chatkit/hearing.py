"""What a client has heard: it waits here to be received, or is handed over at once; all of it once, in order.

Whoever reads asks `wait_until_taken` how far ahead it may be, so nobody can fill the memory of a program that
does not listen. This file knows no socket.
"""

import queue
import threading
import time
from collections.abc import Callable

from chatkit.messages import Message

AHEAD = 1 << 20  # bytes that may be heard before anybody receives them
Heard = Message | None  # None: it is over


class Hearing:
    """Pass messages from the thread that reads to whoever receives them.

    `lock` guards the course of things: whoever holds it while it puts cannot be overtaken.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._waiting: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self._hand_over: Callable[[Heard], None] = self._waiting.put
        self.ahead = 0  # bytes that have been read since all was received

    def put(self, message: Heard) -> None:
        """Take in what was heard."""
        self._hand_over(message)

    def receive(self, timeout: float | None) -> Heard:
        """Return the next message, or None again and again; raise `queue.Empty` after `timeout` seconds."""
        message = self._waiting.get(timeout=timeout)
        if message is None:
            self._waiting.put(None)
        return message

    def subscribe(self, callback: Callable[[Heard], None]) -> None:
        """Hand everything to `callback` from now on, and first what has waited."""
        with self.lock:
            while not self._waiting.empty():
                callback(self._waiting.get())
            self._hand_over = callback

    def watch(self, callback: Callable[[], None]) -> None:
        """Call `callback` whenever there is something to receive; now, too."""

        def put(message: Heard) -> None:
            self._waiting.put(message)
            callback()

        with self.lock:
            self._hand_over = put
        callback()

    def is_far_ahead(self) -> bool:
        """Say whether too much waits to be received."""
        if self._waiting.empty():
            self.ahead = 0
        return self.ahead > AHEAD

    def wait_until_taken(self, is_over: Callable[[], bool]) -> None:
        """Wait while too much waits to be received, but no longer than until `is_over()`."""
        while self.is_far_ahead() and not is_over():
            time.sleep(0.01)
