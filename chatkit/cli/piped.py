"""The conversation of a script: each line of the input is sent, each message is one line of the output.

One thread waits for both, so nothing is lost at the end: what came in before the goodbye is sent, and what is
heard until the server's goodbye is printed.
"""

import math
import os
import selectors
import sys
import time
from collections.abc import Callable

from chatkit.cli.inbox import Inbox, unanswered
from chatkit.cli.writing import write_all
from chatkit.client import ChatClient
from chatkit.errors import ChatError, NotSent
from chatkit.framing import LineReader
from chatkit.messages import Message, decode_text
from chatkit.outgoing import leaves

LONGEST = 1 << 16  # bytes of an input line; no server takes as much


class PipedChat:
    """Pass lines between a client and two descriptors; `as_line` words a message.

    After the end of the input it listens for `wait` more seconds.
    """

    def __init__(
        self, client: ChatClient, source: int, target: int, as_line: Callable[[Message], str], wait: float
    ) -> None:
        self.client, self.source, self.target, self.as_line, self.wait = client, source, target, as_line, wait
        self.all_sent = True
        self._ended = False  # the input
        self._has_spoken = False
        self._until = math.inf
        self._lines = LineReader(LONGEST)
        self._inbox = Inbox(client)
        # Only select takes files, pipes and terminals alike, on every system.
        self._selector = selectors.SelectSelector()

    def run(self) -> bool:
        """Talk until the end, and say whether every line was sent; raise the `ChatError` that ended it."""
        with self._inbox.open(), self._selector:
            self._selector.register(self.source, selectors.EVENT_READ, self._speak)
            self._selector.register(self._inbox, selectors.EVENT_READ, self._hear)
            try:
                self._talk()
                if not self.client.quit() and self._has_spoken:
                    self._not_sent(unanswered(self.client))
            finally:
                while self._hear():
                    pass
        return self.all_sent

    def _talk(self) -> None:
        while time.monotonic() < self._until and not self._inbox.is_asked_to_end:
            left = self._until - time.monotonic()
            for key, _ in self._selector.select(None if left == math.inf else left):
                key.data()
            if self.client.closed_because:
                raise self.client.closed_because

    def _speak(self) -> None:
        chunk = self._read()
        for line in self._lines.feed(chunk or b"\n" * bool(self._lines.tail)):
            self._enter(decode_text(line))
        if self._lines.too_long:
            self._not_sent(f"a line of the input has over {LONGEST} bytes; nothing from there on is sent")
        if not chunk or self._lines.too_long:
            self._end_input(self.wait)

    def _read(self) -> bytes:
        try:
            return os.read(self.source, 1 << 16)
        except OSError:  # a folder, or a terminal that is gone
            return b""

    def _enter(self, line: str) -> None:
        if leaves(line):
            self._end_input(0)
        elif line.strip() and not self._ended:
            try:
                self._has_spoken = True
                self.client.enter(line)
            except NotSent as error:
                self._not_sent(str(error))

    def _end_input(self, wait: float) -> None:
        if not self._ended:
            self._ended = True
            self._selector.unregister(self.source)
            self._until = time.monotonic() + wait

    def _not_sent(self, why: str) -> None:
        self.all_sent = False
        if sys.stderr:
            print(f"chatkit: {why}", file=sys.stderr, flush=True)

    def _hear(self) -> bool:
        """Print what has been heard, a batch at a time; say whether there was anything."""
        messages = self._inbox.take()
        data = "".join(f"{self.as_line(message)}\n" for message in messages).encode()
        try:
            write_all(self.target, data)
        except BrokenPipeError:  # nobody reads any more, as after `| head -1`
            self._until = 0
        except OSError as error:
            raise ChatError(f"cannot write what is heard: {error.strerror}") from error
        return bool(messages)
