"""The server's log on its way to the host's view: any thread may log, and none ever waits for the screen."""

import logging
from collections import deque
from typing import Self

HELD = 1000  # records that wait; the oldest go


class HostLog(logging.Handler):
    """While it is entered, hold what `chatkit` logs from `level` on."""

    def __init__(self, level: int) -> None:
        super().__init__()
        self._logger = logging.getLogger("chatkit")
        self._level = level
        self._records: deque[logging.LogRecord] = deque(maxlen=HELD)

    def __enter__(self) -> Self:
        self._before = self._logger.level
        self._logger.setLevel(self._level)
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_error: object) -> None:
        self._logger.removeHandler(self)
        self._logger.setLevel(self._before)

    def emit(self, record: logging.LogRecord) -> None:
        """Hold one record."""
        self._records.append(record)

    def take(self) -> list[logging.LogRecord]:
        """Return what has come since the last time."""
        return [self._records.popleft() for _ in range(len(self._records))]
