"""A signal is heard in its moment, on a thread of its own: the main thread may be stuck in a call that waits.

Python runs a signal's handler in the main thread, between two steps of it. A signal that comes just before a
call that waits does not end that call, and its handler runs when the call returns: never, if it writes to a
terminal that takes nothing. But Python writes the signal's number to a socket in its moment
(`signal.set_wakeup_fd`), and somebody else can read that.
"""

import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from chatkit.dial import begin_to_listen


@contextmanager
def handled(numbers: Iterable[int], handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """While this lasts, have `handler` handle these signals."""
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler_before in before.items():
            signal.signal(number, handler_before)


@contextmanager
def written_to(sock: socket.socket) -> Iterator[None]:
    """While this lasts, have the number of each signal that has a handler written to `sock` in its moment."""
    before = signal.set_wakeup_fd(sock.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)


@contextmanager
def heard_at_once(hear: Callable[[int], object]) -> Iterator[None]:
    """While this lasts, call `hear`, which must not wait, with the number of each signal that has a handler.

    Raise `CannotConnect` if there is no thread to be had.
    """
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    with theirs:
        begin_to_listen(
            threading.Thread(target=_hear_each, args=(ours, hear), name="chatkit signals", daemon=True)
        )
        with written_to(theirs):
            yield


def _hear_each(sock: socket.socket, hear: Callable[[int], object]) -> None:
    with sock:
        while numbers := sock.recv(100):
            for number in numbers:
                hear(number)
