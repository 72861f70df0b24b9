"""The conversation of a person at a terminal: keys, messages and signals, one at a time, in one thread.

No thread ever waits in a read of standard input, so the program can end at any moment.
"""

import os
import selectors
import signal
import sys
from collections.abc import Callable

from chatkit.cli.editor import Editor
from chatkit.cli.inbox import LEAVE, QUIT, Inbox
from chatkit.cli.keys import Key, Keys
from chatkit.cli.screen import Screen
from chatkit.client import ChatClient
from chatkit.errors import NotSent
from chatkit.messages import Command, Message, Notice, Prompt, Reply, Said, decode_client

ESCAPE_TIME = 0.1  # seconds in which the rest of an arrow key comes after its first byte, even from far away
HINT = "you are in: type, and press Enter to say it; /who, /help; /quit or Ctrl-D leaves"


class TypedChat:
    """Let a person talk through `client`; `as_line` words a message."""

    def __init__(self, client: ChatClient, as_line: Callable[[Message], str]) -> None:
        self.client, self.as_line = client, as_line
        self._editor = Editor()
        self._keys = Keys()
        self._screen = Screen(client.name, self._editor)
        self._inbox = Inbox()
        self._leaving = False

    def run(self) -> None:
        """Talk until the person or the server leaves; raise the `ChatError` if it was not the person."""
        signals = (signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT)
        with self._inbox.open(self.client, *signals), self._screen.open():
            self._show(Notice(HINT))
            self._talk()
            self._hear()
            if self.client.closed_because and self._editor.text:
                self._show(Reply(f"this was not sent: {self._editor.text}"))
        self.client.quit()
        if self.client.closed_because:
            raise self.client.closed_because

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
        if self._leaving or line.strip() == QUIT:
            self._leaving = True
            return
        try:
            self.client.enter(line)
        except NotSent as error:
            self._show(Reply(f"{error}; the key Up brings it back"))
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
        while self._inbox.signals:
            number = self._inbox.signals.popleft()
            if number in LEAVE:
                self._leaving = True
            elif number == signal.SIGTSTP:
                self._sleep()
            else:
                self._screen.resume()

    def _sleep(self) -> None:
        """Stop, as Ctrl-Z asks for, with the terminal as the shell expects it."""
        self._screen.suspend()
        ours = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, ours)
        self._screen.resume()

    def _hear(self) -> None:
        heard = [message for message in self._inbox.take() if message and not isinstance(message, Prompt)]
        self._show(*heard)

    def _show(self, *messages: Message) -> None:
        self._screen.show(*(self.as_line(message) for message in messages))
