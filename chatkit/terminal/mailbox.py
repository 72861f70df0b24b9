"""What a session tells, until the screen has time for it: a flood may fill it, and never more than that."""

from collections import deque
from collections.abc import Callable

from chatkit.standing import Event

HELD = 20_000  # events; twice what the log keeps


class Mailbox:
    """Hold events in their order; `ring` is called when there is something new, on the session's thread."""

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._events: deque[Event] = deque(maxlen=HELD)
        self._rung = False
        self._put = self._taken = 0

    def put(self, event: Event) -> None:
        """Add an event; the oldest goes if there are too many."""
        self._events.append(event)
        self._put += 1
        if not self._rung:
            self._rung = True
            self._ring()

    def take(self, most: int) -> list[Event]:
        """Return at most so many events; while some are left, or come meanwhile, there is no new ring."""
        self._rung = False  # first: what comes from here on rings anew
        events: list[Event] = []
        while self._events and len(events) < most:
            events.append(self._events.popleft())
        self._taken += len(events)
        if events:
            self._rung = True
        return events

    def lost(self) -> int:
        """Return how many events went unseen since the last time."""
        lost = max(0, self._put - self._taken - len(self._events))
        self._taken += lost
        return lost
