"""What a session tells, until the screen has time for it: a flood may fill it, and never more than that."""

import threading
from collections import deque
from collections.abc import Callable

from chatkit.messages import Message
from chatkit.standing import Event
from chatkit.terminal.shortening import shortened

HELD = 20_000  # messages; twice what the log keeps
HELD_TEXT = 10_000_000  # characters in them
AT_ONCE = 300_000  # characters that are taken at once, or keys would wait for them


class Mailbox:
    """Hold events in their order; `ring` is called when there is something new, on the session's thread.

    Of what the server says, the oldest goes if there is too much; what is one's own never goes.
    """

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._lock = threading.Lock()  # guards all the rest
        self._heard: deque[tuple[int, Event]] = deque()  # each with its place in the order of all
        self._own: deque[tuple[int, Event]] = deque()
        self._rung = False
        self._count = self._lost = self._text = 0

    def put(self, event: Event) -> None:
        """Add an event; one that is too long to be shown is cut."""
        with self._lock:
            self._add(shortened(event) if isinstance(event, Message) else event)
            is_first, self._rung = not self._rung, True
        if is_first:
            self._ring()

    def take(self, most: int) -> list[Event]:
        """Return at most so many events; while some are left, or come meanwhile, there is no new ring."""
        events: list[Event] = []
        with self._lock:
            enough = self._text - AT_ONCE
            while len(events) < most and self._text >= enough and (box := self._next()) is not None:
                events.append(self._pop(box))
            self._rung = bool(events)
        return events

    def lost(self) -> int:
        """Return how many messages went unseen since the last time."""
        with self._lock:
            lost, self._lost = self._lost, 0
        return lost

    def _add(self, event: Event) -> None:
        self._count += 1
        box = self._heard if isinstance(event, Message) else self._own
        box.append((self._count, event))
        self._text += _length(event)
        while len(self._heard) > HELD or self._text > HELD_TEXT:
            self._pop(self._heard)
            self._lost += 1

    def _pop(self, box: deque[tuple[int, Event]]) -> Event:
        _, event = box.popleft()
        self._text -= _length(event)
        return event

    def _next(self) -> deque[tuple[int, Event]] | None:
        boxes = [box for box in (self._own, self._heard) if box]
        return min(boxes, key=lambda box: box[0][0]) if boxes else None


def _length(event: Event) -> int:
    """Count the characters that a server has sent; what is one's own is no flood."""
    return len(str(event)) if isinstance(event, Message) else 0
