"""A bell that any thread and any signal can ring: it ends a wait in `select`, even one that only begins.

A Python signal handler alone cannot do that: a signal that comes just before the wait is noticed after it.
So the bell is a socket, and it is rung in the moment of the signal (`signals`).
"""

import os
import signal
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from chatkit.cli.signals import handled, heard_at_once, written_to

WORST = 10.0  # seconds; a server may take 5 to answer a goodbye
ENDINGS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


def ending_signals() -> list[int]:
    """Return the signals that ask to end in good order, as far as this system has them.

    SIGHUP is not one of them under nohup. SIGINT always is, although a shell without job control has what it
    starts with `&` ignore it: nobody sends it to a chat by accident.
    """
    numbers: list[int] = [getattr(signal, name) for name in ENDINGS if hasattr(signal, name)]
    return [number for number in numbers if not _is_hangup_ignored(number)]


def _is_hangup_ignored(number: int) -> bool:
    return number == getattr(signal, "SIGHUP", None) and signal.getsignal(number) == signal.SIG_IGN


class Bell:
    """Wait for it with `select`; then see whether we are asked to end, and which other signals came.

    With `at_worst`, who is asked to end ends: if after 10 seconds it still writes to somebody who reads no
    more, this is called, and the process ends there.
    """

    def __init__(self, at_worst: Callable[[], object] | None = None) -> None:
        self._at_worst = at_worst
        self.is_asked_to_end = False
        self.signals: deque[int] = deque()
        self._bell, self._rope = socket.socketpair()  # never closed: a thread may ring late
        self._bell.setblocking(False)
        self._rope.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor that is readable when the bell has been rung."""
        return self._bell.fileno()

    def ring(self) -> None:
        """Ring it, from any thread."""
        with suppress(BlockingIOError):  # it has been rung often enough
            self._rope.send(b"\0")

    def hush(self) -> None:
        """Make it silent until it is rung again."""
        with suppress(BlockingIOError):
            self._bell.recv(1 << 16)

    @contextmanager
    def rung_by_signals(self, *others: int) -> Iterator[None]:
        """Have signals that ask to end ring it, and these others; a second request to end ends at once."""
        endings, over = ending_signals(), threading.Event()

        def note(number: int, _frame: object) -> None:
            if number not in endings:
                return self.signals.append(number)
            self.is_asked_to_end = True
            for ending in endings:
                signal.signal(ending, signal.SIG_DFL)

        def hear(number: int) -> None:
            self.ring()
            if number in endings:
                threading.Thread(target=self._insist, args=(number, over), daemon=True).start()

        wakes = heard_at_once(hear) if self._at_worst else written_to(self._rope)
        with wakes, handled((*endings, *others), note):
            try:
                yield
            finally:
                over.set()

    def _insist(self, number: int, over: threading.Event) -> None:
        if self._at_worst and not over.wait(WORST):
            try:
                self._at_worst()
            finally:  # whatever it does
                os._exit(128 + number)  # as shells have it
