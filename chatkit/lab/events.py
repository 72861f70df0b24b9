"""What happened on a room's wires, in the order in which it was sent: the one log that everything else reads.

The wire writes it; the diagram, the board's notes, waiting and the comparing of rooms read it. An event is
written when it is sent and completed when it arrives, and never changes otherwise. This file knows no socket.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

KEEP = 5_000  # events
KEEP_BYTES = 4_096  # of one event


class Kind(StrEnum):
    """What can happen."""

    CONNECTED = "connected"
    BYTES = "bytes"
    FIN = "FIN"
    RST = "RST"
    SILENCE = "silence"  # from here on nothing passes, and nobody is told
    NOTE = "note"  # words about a person's connection, or about the server


class Way(StrEnum):
    """Which way it went; a note about the server, or a silence, goes the way of what it concerns."""

    TO_SERVER = "to the server"
    TO_CLIENT = "to the client"


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `sent` and `arrived` are seconds since the log began, `arrived` None while it has not.

    `person` names whose connection it was on. `lost` says that it never will arrive. A note has `words`. Of
    `size` bytes, `data` has the first 4,096 at most.
    """

    number: int  # from 1, rising
    kind: Kind
    person: str
    way: Way
    sent: float
    arrived: float | None = None
    data: bytes = b""
    size: int = 0
    lost: bool = False
    words: str = ""


class EventLog:
    """Keep the newest 5,000 events; any thread may write, read and wait.

    `version` rises with every change, so that who draws knows whether there is anything new.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._began = clock, clock()
        self._events: OrderedDict[int, Event] = OrderedDict()
        self._count = self.version = 0
        self._changed = threading.Condition()

    @property
    def events(self) -> tuple[Event, ...]:
        """All events, as they stand now."""
        with self._changed:
            return tuple(self._events.values())

    def now(self) -> float:
        """Return the seconds since the log began."""
        return self._clock() - self._began

    @contextmanager
    def undivided(self) -> Iterator[None]:
        """While this lasts, nobody else reads or writes: a deed and its being written down are one."""
        with self._changed:
            yield

    def sent(self, kind: Kind, person: str, way: Way, data: bytes = b"") -> int:
        """Write down what was sent just now and has not arrived; return its number."""
        return self._add(Event(0, kind, person, way, self.now(), None, data[:KEEP_BYTES], len(data)))

    def arrived(self, number: int, at_once: bool = False) -> None:
        """Write down that event `number` has arrived just now or, `at_once`, when it was sent.

        Between its being read and this a busy machine may give the wire's thread no core for a while.
        """
        with self._changed:
            if event := self._events.get(number):
                self._change(number, arrived=event.sent if at_once else self.now())

    def lost(self, number: int) -> None:
        """Write down that event `number` never will arrive."""
        self._change(number, lost=True)

    def happened(self, kind: Kind, person: str, way: Way = Way.TO_SERVER, words: str = "") -> int:
        """Write down what takes no time and carries no bytes; return its number."""
        now = self.now()
        return self._add(Event(0, kind, person, way, now, now, words=words))

    def wait_for(self, test: Callable[[tuple[Event, ...]], bool], timeout: float) -> bool:
        """Wait until `test` is true of the events; return False if `timeout` seconds pass before."""
        with self._changed:
            return self._changed.wait_for(lambda: test(tuple(self._events.values())), timeout)

    def wait_for_change(self, timeout: float) -> bool:
        """Wait until anything is written down; return False if `timeout` seconds pass before."""
        with self._changed:
            before = self.version
            return self._changed.wait_for(lambda: self.version != before, timeout)

    def clear(self) -> None:
        """Forget all events; numbers and the clock go on."""
        with self._changed:
            self._events.clear()
            self._note_change()

    def _add(self, event: Event) -> int:
        with self._changed:
            self._count += 1
            self._events[self._count] = replace(event, number=self._count)
            if len(self._events) > KEEP:
                self._events.popitem(last=False)
            self._note_change()
            return self._count

    def _change(self, number: int, **changes: float | bool) -> None:
        with self._changed:
            if event := self._events.get(number):
                self._events[number] = replace(event, **changes)  # type: ignore[arg-type]
                self._note_change()

    def _note_change(self) -> None:
        self.version += 1
        self._changed.notify_all()
