"""What one thread waits for besides its input: the messages of a client, and signals; both ring the bell."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from chatkit.cli.bell import Bell
from chatkit.client import ChatClient
from chatkit.messages import Message

QUIT = "/quit"  # never sent: to hang up is understood by every server


class Inbox(Bell):
    """Collect what a client hears, None when it is over, on top of signals."""

    def __init__(self) -> None:
        super().__init__()
        self._messages: deque[Message | None] = deque()

    @contextmanager
    def open(self, client: ChatClient, *signals: int) -> Iterator[None]:
        """Collect what `client` hears, and these signals besides those that ask to end."""
        client.subscribe(self._put)
        with self.rung_by_signals(*signals):
            yield

    def take(self) -> list[Message | None]:
        """Return the messages that have come since the last time."""
        self.hush()
        return [self._messages.popleft() for _ in range(len(self._messages))]

    def _put(self, message: Message | None) -> None:
        self._messages.append(message)
        self.ring()
