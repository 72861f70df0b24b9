"""The servers that run in this process: its exit stops them, and a forked child lets go of its copies.

A child that `os.fork` made, as `multiprocessing` may do, has a copy of every descriptor. As long as it keeps
them, nobody's goodbye is seen, and the port is not free.
"""

import atexit
import os
from typing import Protocol
from weakref import WeakSet


class Runs(Protocol):
    """What runs in the background until it is stopped."""

    def stop(self) -> None:
        """End in good order."""

    def let_go(self) -> None:
        """In a forked child: close the copies of what the parent goes on using."""


_running: WeakSet[Runs] = WeakSet()


def begins(server: Runs) -> None:
    """Note that a server runs."""
    _running.add(server)


def has_ended(server: Runs) -> None:
    """Note that a server does not run any more."""
    _running.discard(server)


def _stop_all() -> None:
    for server in list(_running):
        server.stop()


def _let_go_of_all() -> None:
    for server in list(_running):
        server.let_go()
    _running.clear()


atexit.register(_stop_all)
if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_let_go_of_all)
