"""A terminal that has gone away ends the program: nobody sees or says anything there any more.

The hang-up signal may be ignored (nohup), and a full-screen program may be stuck in writing to what is not
there; so this is found out by asking, and after a moment's grace the process ends, whatever it waits for.
"""

import os
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOK = 0.5  # seconds between two looks
GRACE = 2.0  # seconds to end in good order
STATUS = 129  # as shells have it: 128 and the number of the hang-up signal


@contextmanager
def ends_with_terminal(leave: Callable[[], object]) -> Iterator[None]:
    """While this lasts, a terminal that goes away makes the process `leave`, and then end."""
    over = threading.Event()
    if hasattr(select, "poll") and sys.stdin.isatty():  # not on Windows
        arguments = (sys.stdin.fileno(), leave, over)
        threading.Thread(target=_watch, args=arguments, name="chatkit terminal", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _watch(descriptor: int, leave: Callable[[], object], over: threading.Event) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)  # a hang-up is told of even if nothing is asked for
    while not over.wait(LOOK):
        if poll.poll(0):
            return _end(leave, over)


def _end(leave: Callable[[], object], over: threading.Event) -> None:
    farewell = threading.Thread(target=leave, daemon=True)
    farewell.start()
    farewell.join(GRACE)
    if not over.wait(GRACE):
        os._exit(STATUS)
