"""The conversation of a person at a terminal: keys, messages and signals, one at a time, in one thread.

No thread ever waits in a read of standard input, so the program can end at any moment.
"""

import os
import selectors
import signal
import sys
from collections.abc import Callable

from chatkit.cli.editor import Editor
from chatkit.cli.inbox import Inbox, unanswered
from chatkit.cli.keys import Key, Keys
from chatkit.cli.screen import Screen
from chatkit.client import ChatClient
from chatkit.errors import NotSent, ServerGone
from chatkit.messages import Command, Message, Notice, Prompt, Reply, Said, decode_client
from chatkit.outgoing import leaves

ESCAPE_TIME = 0.1  # seconds in which the rest of an arrow key comes after its first byte, even from far away
HINT = "you are in: type a line and press Enter; /help tells more, Ctrl-D leaves"


class TypedChat:
    """Let a person talk through `client`; `as_line` words a message."""

    def __init__(self, client: ChatClient, as_line: Callable[[Message], str]) -> None:
        self.client, self.as_line = client, as_line
        self._editor = Editor()
        self._keys = Keys()
        self._screen = Screen(client.name, self._editor)
        self._inbox = Inbox(client, self._screen.restore)
        self._unsent: list[str] = []
        self._leaving = self._has_spoken = False

    def run(self) -> None:
        """Talk until the person or the server leaves; raise the `ChatError` if it was not the person."""
        with self._inbox.open(*_REACTIONS):
            with self._screen.open():
                self._show(Notice(HINT))
                self._talk()
            is_answered = self.client.quit()
            while self._hear():  # what was said until the goodbye
                pass
        if self.client.closed_because:
            self._show(
                *(Reply(f"this was not sent: {line}") for line in [*self._unsent, self._editor.text] if line)
            )
            raise self.client.closed_because
        if self._has_spoken and not is_answered:
            raise ServerGone(unanswered(self.client))

    def _talk(self) -> None:
        with selectors.SelectSelector() as selector:
            selector.register(sys.stdin, selectors.EVENT_READ, self._type)
            selector.register(self._inbox, selectors.EVENT_READ, self._attend)
            while not self._leaving and not self.client.closed_because:
                ready = selector.select(ESCAPE_TIME if self._keys.pending else None)
                for key, _ in ready:
                    key.data()
                if not ready:
                    self._keys.give_up()

    def _type(self) -> None:
        try:
            chunk = os.read(sys.stdin.fileno(), 4096)
        except OSError:  # the terminal is gone
            chunk = b""
        for key in self._keys.feed(chunk):
            self._press(key)
        self._leaving = self._leaving or not chunk
        self._screen.show()

    def _press(self, key: Key | str) -> None:
        if key is Key.LEAVE and not self._editor.text:
            self._leaving = True
        elif (line := self._editor.press(key)) is not None and line.strip():
            self._enter(line)

    def _enter(self, line: str) -> None:
        if self._leaving or leaves(line):
            self._leaving = True
            return
        try:
            self._has_spoken = True
            self.client.enter(line)
        except NotSent as error:
            self._show(Reply(f"{error}; the key Up brings it back"))
        except ServerGone:
            self._unsent.append(line)
        else:
            self._show(self._own(line))

    def _own(self, line: str) -> Message:
        """Return what others see of it: the server sends nobody what they said."""
        match decode_client(line.encode("utf-8", "replace")):
            case Command(request):
                return Reply(f"you asked for /{request}")
            case said:
                return Said(self.client.name, said.text)

    def _attend(self) -> None:
        self._hear()
        self._leaving = self._leaving or self._inbox.is_asked_to_end
        while self._inbox.signals:
            _REACTIONS[self._inbox.signals.popleft()](self)

    def _sleep(self) -> None:
        """Stop, as Ctrl-Z asks for, with the terminal as the shell expects it."""
        self._screen.suspend()
        ours = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, ours)
        self._screen.resume()

    def _hear(self) -> bool:
        """Show what has been heard, a batch at a time; say whether there was anything."""
        heard = self._inbox.take()
        self._show(*(message for message in heard if not isinstance(message, Prompt)))
        return bool(heard)

    def _show(self, *messages: Message) -> None:
        self._screen.show(*(self.as_line(message) for message in messages))

    def _redraw(self) -> None:
        self._screen.show()

    def _wake(self) -> None:
        self._screen.resume()


_REACTIONS: dict[int, Callable[[TypedChat], None]] = {
    signal.SIGWINCH: TypedChat._redraw,
    signal.SIGTSTP: TypedChat._sleep,
    signal.SIGCONT: TypedChat._wake,
}
