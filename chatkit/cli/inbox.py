"""What one thread waits for besides its input: the messages of a client, and signals; both ring the bell."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from chatkit.cli.bell import Bell
from chatkit.client import ChatClient
from chatkit.messages import Message

BATCH = 500  # messages that are taken at once, so that a key or a signal need not wait for a flood


class Inbox(Bell):
    """Tell when `client` has heard something, None when it is over, on top of signals.

    What has not been taken stays with the client, which reads only so far ahead.
    """

    def __init__(self, client: ChatClient, at_worst: Callable[[], object] = lambda: None) -> None:
        super().__init__(at_worst)
        self._client = client

    @contextmanager
    def open(self, *signals: int) -> Iterator[None]:
        """Ring for what the client hears, and for these signals besides those that ask to end."""
        self._client.watch(self.ring)
        with self.rung_by_signals(*signals):
            yield

    def take(self) -> list[Message]:
        """Return the next messages, if any; ring again if there are more."""
        self.hush()
        messages: list[Message] = []
        with suppress(TimeoutError):
            while len(messages) < BATCH and (message := self._client.receive(0)):
                messages.append(message)
        if len(messages) == BATCH:
            self.ring()
        return messages


def unanswered(client: ChatClient) -> str:
    """Return what there is to say when a server has not answered the goodbye: nobody knows what it read."""
    return f"{client.host} port {client.port} said no goodbye, and may not have read what was said last"
