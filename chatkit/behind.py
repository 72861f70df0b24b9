"""Who reads and is far behind: a flood waits a little for them, before it costs them their seats.

The kernel keeps half a megabyte for each client, and that is soon read, so while it waits they are sent more
again and again. Nobody waits for long, nor for somebody who takes nothing.
"""

import time
from collections.abc import Callable

from chatkit.connection import Connection

BREATH = 0.02  # seconds
LONG_BREATH = 0.15  # seconds: in the midst of a flood
SIP = 0.005  # seconds between two sends
FROZEN = 0.15  # seconds: who has taken nothing for so long is not waited for


class Behind:
    """Hold those who have more than half of an `outbox` of bytes to take, and are taking it."""

    def __init__(self, outbox: int) -> None:
        self._half = outbox // 2
        self._who: set[Connection] = set()

    def note(self, connection: Connection) -> None:
        """Take somebody up who could not be sent all that waits."""
        if self._is_behind(connection):
            self._who.add(connection)

    def wait(self, is_flood: bool, send: Callable[[Connection], None]) -> set[Connection]:
        """Let them catch up for a breath, `send` them what they take; return who they were."""
        who, self._who = self._who, set()
        deadline = time.monotonic() + (LONG_BREATH if is_flood else BREATH)
        left = who
        while left and time.monotonic() < deadline:
            time.sleep(SIP)
            for connection in left:
                send(connection)
            left = set(filter(self._is_behind, left))
        return who

    def _is_behind(self, connection: Connection) -> bool:
        return connection.queued > self._half and connection.idle() < FROZEN
