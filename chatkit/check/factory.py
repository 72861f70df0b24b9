"""A server that is a piece of Python: a class, or a function of host and port, run in a process of its own.

The process is a fork, so what a notebook's cell has just defined runs as it is, and an endless loop in it
costs the notebook nothing. Where a fork is not safe (outside Linux) it runs in a thread, and nothing is
measured.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
import queue
import signal
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from chatkit.check import measure
from chatkit.check.process import end_session, last_lines, no_forking, send_signal, status_of

Factory = Callable[[str, int], Any]
"""Called with host and port, it serves and does not return, or returns something that can.

That is an object with `start` and `stop`, or with `serve_forever`, or a coroutine.
"""


class Forked:
    """Run a factory in a forked process."""

    measurable = measure.available

    def __init__(self, factory: Factory, host: str, port: int) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115, it lives as long as this
        self._status: int | None = None
        # A class that can stop, perhaps with some arguments filled in; a plain function is just ended.
        self.stoppable = hasattr(getattr(factory, "func", factory), "stop")
        with no_forking, warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the child touches no lock of other threads
            self.pid = os.fork()
        if self.pid == 0:
            _live_as_child(factory, host, port, self._output.fileno())

    def status(self) -> int | None:
        return status_of(self.pid) if self._status is None else self._status

    def output(self) -> str:
        return last_lines(self._output)

    def signal(self, number: int) -> None:
        if self._status is None:
            send_signal(self.pid, number)

    def end(self) -> None:
        end_session(self)
        if self._status is None and self.status() is not None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self._output.close()


class Threaded:
    """Run a factory in a thread of this process; one that cannot `stop` runs on until the program ends."""

    pid = 0
    measurable = stoppable = False

    def __init__(self, factory: Factory, host: str, port: int) -> None:
        self._server: Any = None
        self._error = ""
        self._thread = threading.Thread(target=self._run, args=(factory, host, port), daemon=True)
        self._thread.start()

    def status(self) -> int | None:
        return 1 if self._error else None

    def output(self) -> str:
        return self._error

    def signal(self, number: int) -> None:
        pass

    def end(self) -> None:
        if hasattr(self._server, "stop"):
            self._server.stop()

    def _run(self, factory: Factory, host: str, port: int) -> None:
        try:
            self._server = factory(host, port)
            _set_going(self._server)
        except Exception:  # a stranger's server: whatever it raises is what it had to say
            self._error = traceback.format_exc(limit=-3)


def _live_as_child(factory: Factory, host: str, port: int, output: int) -> None:
    """Serve until a signal comes, then end this process; never return."""
    status = 1
    try:
        gc.freeze()  # what the parent left behind must not be collected: it would close descriptors of ours
        os.setsid()
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        sys.stdout = sys.stderr = os.fdopen(1, "w", buffering=1, closefd=False)
        threading.excepthook = threading.__excepthook__
        status = _serve(factory, host, port)
    except BaseException:
        with suppress(Exception):
            traceback.print_exc(limit=-3)
    finally:
        os._exit(status)


def _serve(factory: Factory, host: str, port: int) -> int:
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()  # its `put` may interrupt anything
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    server = factory(host, port)
    if not hasattr(server, "start"):
        _set_going(server)
        return 0  # it has served, and returned
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: asked.put(number))
    server.start()
    asked.get()
    server.stop()
    return 0


def _set_going(server: Any) -> None:
    """Let what a factory has returned serve; most of these return only when it is over."""
    if hasattr(server, "start"):
        server.start()
    elif hasattr(server, "serve_forever"):
        server.serve_forever()
    elif inspect.iscoroutine(server):
        asyncio.run(server)
