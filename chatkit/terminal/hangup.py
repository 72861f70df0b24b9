"""Whoever asks a full-screen program to end sees it end, whatever it waits for; so does a terminal that goes.

Such a program may be stuck in writing to a terminal that takes nothing, or is not there, and the signal that
tells of a hang-up may be ignored (nohup); so a terminal that has gone is found out by asking.
"""

import os
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from textual.app import App

from chatkit.cli.bell import WORST, ending_signals
from chatkit.cli.signals import handled, heard_at_once

LOOK = 0.5  # seconds between two looks
GRACE = 1.5  # seconds for an end in good order, so that all is over within 2
LONGER = 4.0  # more seconds, for an app that is only slow: its terminal takes what is written
HANGUP = 1  # the number of the signal, where there is one


@contextmanager
def ends_when_asked(app: App[Any], leave: Callable[[], object]) -> Iterator[None]:
    """While this lasts, have a signal or a hang-up `leave` and end the app, or the process if the app cannot.

    Another thread calls `leave`, at once, for the room waits for no terminal; it must end by itself.
    """
    over, endings = threading.Event(), ending_signals()

    def end(number: int) -> None:
        if number in (*endings, HANGUP):
            threading.Thread(target=_end, args=(app, leave, over, number), daemon=True).start()

    with heard_at_once(end), handled(endings, _is_heard):
        if hasattr(select, "poll") and sys.stdin.isatty():  # not on Windows
            arguments = (sys.stdin.fileno(), end, over)
            threading.Thread(target=_watch, args=arguments, name="chatkit terminal", daemon=True).start()
        try:
            yield
        finally:
            over.set()


def _is_heard(_number: int, _frame: object) -> None:
    """Handle a signal in name: another thread hears of it, wherever this one is stuck."""


def _watch(descriptor: int, end: Callable[[int], None], over: threading.Event) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)  # a hang-up is told of even if nothing is asked for
    while not over.wait(LOOK):
        if poll.poll(0):
            return end(HANGUP)


def _end(app: App[Any], leave: Callable[[], object], over: threading.Event, number: int) -> None:
    farewell = threading.Thread(target=leave, daemon=True)
    farewell.start()
    app.exit()
    if over.wait(GRACE) or (_is_taken(sys.__stderr__) and over.wait(LONGER)):
        return
    farewell.join(WORST)
    if not over.is_set():
        os._exit(128 + number)  # as shells have it


def _is_taken(output: TextIO | None) -> bool:
    """Say whether the terminal takes what is written to it; Textual writes to standard error."""
    if not (output and hasattr(select, "poll")):
        return True
    poll = select.poll()
    poll.register(output.fileno(), select.POLLOUT)
    return [happened for _, happened in poll.poll(0)] == [select.POLLOUT]  # and no hang-up
