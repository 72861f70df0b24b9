"""What one thread waits for besides its input: messages from the client's reader, and signals.

Both only put something down here and ring; who waits with a selector sees the bell become readable.
"""

import os
import signal
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from chatkit.cli.signals import ending_signals
from chatkit.client import ChatClient
from chatkit.messages import Message

QUIT = "/quit"  # never sent: to hang up is understood by every server


class Inbox:
    """Collect messages, None when the conversation is over, and signals."""

    def __init__(self) -> None:
        self.is_asked_to_end = False
        self.signals: deque[int] = deque()  # the others
        self._endings = ending_signals()
        self._messages: deque[Message | None] = deque()
        self._bell, self._rope = os.pipe()  # never closed: the reader thread may ring late
        os.set_blocking(self._bell, False)
        os.set_blocking(self._rope, False)

    def fileno(self) -> int:
        """Return the descriptor that is readable when something has come."""
        return self._bell

    def take(self) -> list[Message | None]:
        """Return the messages that have come since the last time."""
        with suppress(BlockingIOError):
            os.read(self._bell, 1 << 16)
        return [self._messages.popleft() for _ in range(len(self._messages))]

    @contextmanager
    def open(self, client: ChatClient, *signals: int) -> Iterator[None]:
        """Collect what `client` hears, and these signals besides those that mean: leave."""
        before = {number: signal.getsignal(number) for number in (*self._endings, *signals)}
        for number in before:
            signal.signal(number, self._note)
        client.subscribe(self._put)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _put(self, message: Message | None) -> None:
        self._messages.append(message)
        self._ring()

    def _note(self, number: int, _frame: object) -> None:
        if number in self._endings:
            self.is_asked_to_end = True
            signal.signal(number, signal.SIG_DFL)  # a second one does not wait for anything
        else:
            self.signals.append(number)
        self._ring()

    def _ring(self) -> None:
        with suppress(BlockingIOError):  # it has been rung often enough
            os.write(self._rope, b"\0")
