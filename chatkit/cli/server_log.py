"""Write the log to standard output, whatever is there: the chat never waits for it, and never ends with it.

A thread of its own writes. What cannot be written is lost: the pipe is closed, the disk is full, or ten
thousand lines are waiting already; of those, the log says how many.
"""

import logging
import os
import queue
import sys
import threading
from contextlib import suppress
from typing import Self

WAITING = 10_000


class ServerLog(logging.Handler):
    """While it is entered, write what `chatkit` logs from `level` on, with the time of day."""

    def __init__(self, level: int) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
        self._logger = logging.getLogger("chatkit")
        self._logger.setLevel(level)
        self._lines: queue.Queue[str | None] = queue.Queue(WAITING)
        self._lost = 0  # lines, since the last that could wait
        # A daemon, so that a write which nobody reads does not hold up the exit; and it writes by os.write,
        # because no daemon may hold the lock of the buffered standard output at the exit.
        self._thread = threading.Thread(target=self._write_all, name="chatkit log", daemon=True)

    def __enter__(self) -> Self:
        self._logger.addHandler(self)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._logger.removeHandler(self)
        with suppress(queue.Full):
            self._lines.put_nowait(None)
        self._thread.join(0.5)

    def emit(self, record: logging.LogRecord) -> None:
        """Have one record written later."""
        line = self.format(record)
        if self._lost:
            line = f"... {self._lost} lines of this log were lost here: nobody read it in time\n{line}"
        try:
            self._lines.put_nowait(line)
            self._lost = 0
        except queue.Full:
            self._lost += 1

    def _write_all(self) -> None:
        output = sys.stdout.fileno() if sys.stdout else os.open(os.devnull, os.O_WRONLY)
        while (line := self._lines.get()) is not None:
            with suppress(OSError):
                os.write(output, f"{line}\n".encode("utf-8", "replace"))
