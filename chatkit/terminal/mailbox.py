"""What a session tells, until the screen has time for it: a flood may fill it, and never more than that."""

from collections import deque
from collections.abc import Callable

from chatkit.messages import Message
from chatkit.standing import Event

HELD = 20_000  # messages; twice what the log keeps


class Mailbox:
    """Hold events in their order; `ring` is called when there is something new, on the session's thread.

    Of what the server says, the oldest goes if there is too much; what is one's own never goes.
    """

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._heard: deque[tuple[int, Event]] = deque()  # each with its place in the order of all
        self._own: deque[tuple[int, Event]] = deque()
        self._rung = False
        self._count = self._lost = 0

    def put(self, event: Event) -> None:
        """Add an event."""
        self._count += 1
        box = self._heard if isinstance(event, Message) else self._own
        box.append((self._count, event))
        if len(self._heard) > HELD:
            self._heard.popleft()
            self._lost += 1
        if not self._rung:
            self._rung = True
            self._ring()

    def take(self, most: int) -> list[Event]:
        """Return at most so many events; while some are left, or come meanwhile, there is no new ring."""
        self._rung = False  # first: what comes from here on rings anew
        events: list[Event] = []
        while len(events) < most and (box := self._next()) is not None:
            events.append(box.popleft()[1])
        if events:
            self._rung = True
        return events

    def lost(self) -> int:
        """Return how many messages went unseen since the last time."""
        lost, self._lost = self._lost, 0
        return lost

    def _next(self) -> deque[tuple[int, Event]] | None:
        boxes = [box for box in (self._own, self._heard) if box]
        return min(boxes, key=lambda box: box[0][0]) if boxes else None
