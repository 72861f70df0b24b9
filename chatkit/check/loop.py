"""One loop over all sockets of a dialogue: whoever waits, everybody's bytes are moved.

So nobody blocks anybody, and one deadline holds for all. It counts only time in which this program really
ran: a machine that stalls accuses no server.
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable

from chatkit.check.cancelling import checkpoint
from chatkit.check.participant import Participant

TURN = 0.1  # seconds


class Loop:
    """Read from and write to participants; `patience` stretches every deadline."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self._selector = selectors.DefaultSelector()
        self._watched: dict[Participant, int] = {}

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Move everybody's bytes until `until` is true; return False if `seconds` pass before."""
        left = seconds * self.patience
        while not until():
            if left <= 0:
                return False
            checkpoint()
            began = time.monotonic()
            self._turn(min(left, TURN))
            left -= min(time.monotonic() - began, 2 * TURN)
        return True

    def glance(self) -> None:
        """Move what can be moved at once."""
        self._turn(0)

    def watch(self, actor: Participant) -> None:
        """Have the loop read from and write to an actor as it needs now."""
        reads = 0 if actor.frozen or actor.ended else selectors.EVENT_READ
        wanted = 0 if actor.gone else reads | (selectors.EVENT_WRITE if actor.outbox else 0)
        known = self._watched.get(actor, 0)
        if wanted == known:
            return
        if known:
            self._selector.unregister(actor.sock)
        if wanted:
            self._selector.register(actor.sock, wanted, actor)
        self._watched[actor] = wanted

    def end(self) -> None:
        """Give the selector back."""
        self._selector.close()

    def _turn(self, timeout: float) -> None:
        for key, mask in self._selector.select(timeout):
            if mask & selectors.EVENT_READ and not key.data.gone:
                key.data.receive()
            if mask & selectors.EVENT_WRITE and not key.data.gone:
                key.data.flush()
