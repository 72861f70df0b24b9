"""Whoever is ended ends first what it has started: SIGTERM and a terminal that closes are what Ctrl-C is.

A judged server has a session of its own, so nobody else would end it; and some of them spin. All of this is
about the main thread, for no other is ever interrupted.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HANG_UPS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class _Main:
    held = waiting = False  # an interrupt is held back; one waits


@contextmanager
def interruptible() -> Iterator[None]:
    """Have SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt meanwhile."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, *HANG_UPS)}
    # One that was set from C could not be put back.
    before = {number: handler for number, handler in handlers.items() if handler is not None}
    for number, handler in before.items():
        # A shell's background ignores SIGINT, which servers would inherit; nohup's SIGHUP is meant.
        if number == signal.SIGINT or handler is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is _interrupt:  # a hang-up may still be told a second time
                signal.signal(number, handler)


@contextmanager
def undivided() -> Iterator[None]:
    """Hold an interrupt back until the end of this: what is started is then known to who must end it."""
    if _Main.held or threading.current_thread() is not threading.main_thread():
        yield
        return
    _Main.held = True
    try:
        yield
    finally:
        _Main.held, waits, _Main.waiting = False, _Main.waiting, False
        if waits:
            raise KeyboardInterrupt


def _interrupt(number: int, _frame: object) -> None:
    if number in HANG_UPS:  # a terminal that closes tells it twice, and the second must not end the ending
        for each in HANG_UPS:
            signal.signal(each, signal.SIG_IGN)
    if _Main.held:
        _Main.waiting = True
        return
    raise KeyboardInterrupt
