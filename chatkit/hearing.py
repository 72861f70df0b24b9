"""What a client has heard: it waits here to be received, or is handed over at once; all of it once, in order.

Whoever reads asks `wait_until_taken` how far ahead it may be, so nobody can fill the memory of a program that
does not listen. This file knows no socket.
"""

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from chatkit.messages import Message

AHEAD = 1 << 20  # bytes that may be heard before anybody receives them
Heard = Message | None  # None: it is over


class Hearing:
    """Pass messages from the thread that reads for `name` to whoever receives them.

    `lock` guards the course of things: whoever holds it while it puts cannot be overtaken.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.lock = threading.RLock()
        self._waiting: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self._hand_over: Callable[[Heard], None] = self._waiting.put
        self._is_subscribed = self._is_over = False
        self._ahead = 0  # bytes that have been read since all was received
        self._has_gap = False

    def put(self, message: Heard) -> None:
        """Take in what was heard."""
        with self.lock:
            self._is_over = message is None
            self._hand_over(message)

    def receive(self, timeout: float | None) -> Heard:
        """Return the next message, or None again and again; raise `TimeoutError` after `timeout` seconds."""
        try:
            message = self._waiting.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError(f"{self.name} heard nothing for {timeout:g} seconds") from None
        if message is None:
            self._waiting.put(None)
        return message

    def subscribe(self, callback: Callable[[Heard], None]) -> None:
        """Hand all to `callback` from now on, and first what has waited; who receives hears only the end."""
        with self.lock:
            with suppress(queue.Empty):
                while message := self._waiting.get_nowait():
                    callback(message)
            self._hand_over, self._is_subscribed = callback, True
            self._waiting.put(None)
            if self._is_over:
                callback(None)

    def watch(self, callback: Callable[[], None]) -> None:
        """Call `callback` whenever there is something to receive; now, too. A subscriber goes on hearing."""

        def put(message: Heard) -> None:
            self._waiting.put(message)
            callback()

        with self.lock:
            if not self._is_subscribed:
                self._hand_over = put
        callback()

    def note(self, size: int) -> bool:
        """Note that so many bytes were read, and say whether to put them: none after those that were dropped.

        What comes after a gap may begin in the middle of a line.
        """
        if self._waiting.empty():
            self._ahead = 0
        self._has_gap = self._has_gap or self._is_far_ahead
        self._ahead += size
        return not self._has_gap

    def wait_until_taken(self, is_over: Callable[[], bool]) -> None:
        """Wait while too much waits to be received, but no longer than until `is_over()`."""
        while self._is_far_ahead and not is_over():
            time.sleep(0.01)

    @property
    def _is_far_ahead(self) -> bool:
        return self._ahead > AHEAD and not self._is_subscribed and not self._waiting.empty()
