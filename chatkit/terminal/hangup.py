"""Whoever asks a full-screen program to end sees it end, whatever it waits for; so does a terminal that goes.

Such a program may be stuck in writing to a terminal that takes nothing, or is not there, and the signal that
tells of a hang-up may be ignored (nohup); so a terminal that has gone is found out by asking.
"""

import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from textual.app import App

from chatkit.cli.bell import ending_signals

LOOK = 0.5  # seconds between two looks
GRACE = 2.0  # seconds for each step of an end in good order
HANGUP = 1  # the number of the signal, where there is one


@contextmanager
def ends_when_asked(app: App[Any], leave: Callable[[], object]) -> Iterator[None]:
    """While this lasts, a signal or a hang-up ends the app; if it cannot, `leave`, and end the process."""
    over = threading.Event()

    def end(number: int, _frame: object = None) -> None:
        threading.Thread(target=_end, args=(app, leave, over, number), daemon=True).start()

    before = {number: signal.signal(number, end) for number in ending_signals()}
    if hasattr(select, "poll") and sys.stdin.isatty():  # not on Windows
        arguments = (sys.stdin.fileno(), end, over)
        threading.Thread(target=_watch, args=arguments, name="chatkit terminal", daemon=True).start()
    try:
        yield
    finally:
        over.set()
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch(descriptor: int, end: Callable[[int], None], over: threading.Event) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)  # a hang-up is told of even if nothing is asked for
    while not over.wait(LOOK):
        if poll.poll(0):
            return end(HANGUP)


def _end(app: App[Any], leave: Callable[[], object], over: threading.Event, number: int) -> None:
    app.exit()
    if not over.wait(GRACE):
        farewell = threading.Thread(target=leave, daemon=True)
        farewell.start()
        farewell.join(GRACE)
        if not over.wait(GRACE):
            os._exit(128 + number)  # as shells have it
