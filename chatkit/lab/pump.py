"""One thread at a time does a pane's work, in order, and shows the outcome in batches.

Whoever has work for a pane (a click, a cell, a client's reading thread) only queues it, so nobody ever waits
for the network by accident, and only one thread at a time touches the widget. There is a thread only while
there is work. This file knows neither widgets nor the network.
"""

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from chatkit.awake import waits

Work = Callable[[], object]
DEADLINE = 15.0  # seconds for `call`: longer than all the waits of one `join` together


class Pump:
    """Do queued work in order; after it call `show`, at most once in `pause` seconds."""

    def __init__(self, show: Work, name: str, pause: float = 0.1) -> None:
        self._show, self._name, self._pause = show, name, pause
        self._work: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._lock = threading.Lock()  # guards _running: one thread while there is work
        self._running = False

    def put(self, work: Work) -> None:
        """Queue `work`; any thread may call this, and it never waits."""
        with self._lock:
            self._work.put(work)
            if self._running:
                return
            self._running = True
        with suppress(RuntimeError):  # the interpreter is ending, and starts no thread any more
            threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def call(self, work: Work) -> None:
        """Queue `work` and wait until it is done, and all that it had queued; raise `TimeoutError`."""
        done = threading.Event()

        def work_and_tell() -> None:
            try:
                work()
            finally:
                self.put(done.set)

        self.put(work_and_tell)
        if not any(map(done.wait, waits(DEADLINE))):
            raise TimeoutError(f"{self._name} did not finish within {DEADLINE:g} seconds")

    def _run(self) -> None:
        try:
            self._work_on()
        except BaseException:  # Python tells of it; another thread does what is left
            self._running = False
            self.put(lambda: None)
            raise

    def _work_on(self) -> None:
        news, due = False, 0.0
        while True:
            work = self._next(due - time.monotonic())
            if work:
                news = True
                work()
            elif not news and self._may_rest():
                return
            if news and time.monotonic() >= due:
                news, due = False, time.monotonic() + self._pause
                self._show()

    def _next(self, patience: float) -> Work | None:
        try:
            return self._work.get(timeout=max(0.0, patience))
        except queue.Empty:
            return None

    def _may_rest(self) -> bool:
        with self._lock:
            self._running = not self._work.empty()
            return not self._running
