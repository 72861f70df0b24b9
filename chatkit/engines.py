"""Two ways to wait for many clients; who does the waiting is all that differs.

`Threads`: one thread waits in `accept`, and one per client in `recv`. `Selectors`: the switchboard itself
asks the kernel which sockets are ready. Both tell the same events, one read per client a round, so a client
that floods gets its fair turn and no more; both watch a stalled socket until it takes bytes again.
"""

import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from typing import NamedTuple

from chatkit.connection import Connection

ACCEPTS_A_ROUND = 100


class Happened(Enum):
    """What there is to tell of a connection."""

    ARRIVED = auto()
    SPOKE = auto()
    ENDED = auto()
    WRITABLE = auto()


class Event(NamedTuple):
    """One thing that happened to one connection; it has lines only if it spoke."""

    happened: Happened
    connection: Connection
    lines: list[bytes]


def read_event(connection: Connection) -> Event:
    """Read once from a connection, and say what came of it."""
    lines = connection.read()
    return Event(Happened.ENDED if lines is None else Happened.SPOKE, connection, lines or [])


class Engine:
    """What both share: a selector, and a bell that any thread may ring to end the switchboard's wait.

    `accept` returns the next connection, or None if there is none after all.
    """

    max_clients: int
    reads = 0  # the selector events that a connection is always watched for

    def __init__(self, listener: socket.socket, accept: Callable[[], Connection | None]) -> None:
        self.listener = listener
        self.accept = accept
        self.selector = selectors.DefaultSelector()
        self._watched: dict[Connection, int] = {}
        self._bell, self._rope = socket.socketpair()
        self._bell.setblocking(False)
        self._rope.setblocking(False)
        self.selector.register(self._bell, selectors.EVENT_READ, self._hush)

    def start(self) -> None:
        """Begin to accept."""

    def add(self, connection: Connection) -> None:
        """Begin to read from a connection; raise RuntimeError if this machine cannot."""

    def wait(self, timeout: float) -> list[Event]:
        """Wait at most `timeout` seconds for something to happen, and return all that has."""
        events: list[Event] = []
        for key, mask in self.selector.select(timeout):
            events += key.data(mask)
        return events

    def watch(self, connection: Connection) -> None:
        """Have the selector watch a connection for what it needs now, which may be nothing."""
        reads = 0 if connection.ended else self.reads
        needed = reads | (selectors.EVENT_WRITE if connection.stalled else 0)
        known = self._watched.get(connection, 0)
        if needed and not known:
            self.selector.register(connection.sock, needed, lambda mask: self._ready(connection, mask))
        elif known and not needed:
            self.selector.unregister(connection.sock)
        elif known != needed:
            key = self.selector.get_key(connection.sock)
            self.selector.modify(connection.sock, needed, key.data)
        self._watched[connection] = needed

    def remove(self, connection: Connection) -> None:
        """Forget a connection that has ended and close its socket."""
        connection.ended, connection.stalled = True, False
        self.watch(connection)
        del self._watched[connection]
        connection.sock.close()

    def ring(self) -> None:
        """End the present or the next wait, from any thread."""
        with suppress(BlockingIOError):  # it has been rung often enough
            self._rope.send(b"\0")

    def stop(self, timeout: float) -> None:
        """Give back everything that the engine holds."""
        self.selector.close()
        self._bell.close()
        self._rope.close()

    def _hush(self, _mask: int) -> list[Event]:
        with suppress(BlockingIOError):
            self._bell.recv(4096)
        return []

    def _ready(self, connection: Connection, mask: int) -> list[Event]:
        events = [Event(Happened.WRITABLE, connection, [])] if mask & selectors.EVENT_WRITE else []
        return [*events, read_event(connection)] if mask & selectors.EVENT_READ else events


class Selectors(Engine):
    """One thread does everything: it asks which sockets are ready, and reads only from those."""

    max_clients = 10_000
    reads = selectors.EVENT_READ

    def start(self) -> None:
        self.listener.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ, self._arrivals)

    def add(self, connection: Connection) -> None:
        connection.sock.setblocking(False)
        self.watch(connection)

    def _arrivals(self, _mask: int) -> list[Event]:
        events: list[Event] = []
        while len(events) < ACCEPTS_A_ROUND and (connection := self.accept()):
            events.append(Event(Happened.ARRIVED, connection, []))
        return events


class Threads(Engine):
    """Threads that only wait: each hands over what came, and reads on when that has been dealt with."""

    max_clients = 1_000

    def start(self) -> None:
        self._inbox: deque[tuple[Event, threading.Lock | None]] = deque()
        self._turns: list[threading.Lock] = []
        self._threads: set[threading.Thread] = set()
        self._rung = self._stopping = False
        self._spawn("accept", self._accept_all)

    def add(self, connection: Connection) -> None:
        self.watch(connection)
        self._spawn(f"reader of {connection.peer}", self._read_all, connection)

    def wait(self, timeout: float) -> list[Event]:
        self._let_them_read_on()
        return super().wait(timeout)

    def stop(self, timeout: float) -> None:
        self._stopping = True
        self._hush(0)
        self._let_them_read_on()
        deadline = time.monotonic() + timeout
        for thread in list(self._threads):
            thread.join(max(0, deadline - time.monotonic()))
        super().stop(timeout)

    def _spawn(self, name: str, work: Callable[..., None], *args: Connection) -> None:
        thread = threading.Thread(target=work, args=args, name=f"chatkit {name}", daemon=True)
        thread.start()
        self._threads.add(thread)

    def _accept_all(self) -> None:
        while self.listener.fileno() != -1:
            if connection := self.accept():
                self._hand_over(Event(Happened.ARRIVED, connection, []), None)

    def _read_all(self, connection: Connection) -> None:
        turn = threading.Lock()
        while turn.acquire() and not self._stopping:
            event = read_event(connection)
            self._hand_over(event, turn)
            if event.happened is Happened.ENDED:
                break
        self._threads.discard(threading.current_thread())

    def _hand_over(self, event: Event, turn: "threading.Lock | None") -> None:
        self._inbox.append((event, turn))
        if not self._rung:
            self._rung = True
            self.ring()

    def _let_them_read_on(self) -> None:
        while self._turns:
            self._turns.pop().release()

    def _hush(self, mask: int) -> list[Event]:
        """Take everything that has been handed over."""
        super()._hush(mask)
        self._rung = False  # before the inbox is emptied: whoever comes after that rings again
        events = []
        while self._inbox:
            event, turn = self._inbox.popleft()
            events.append(event)
            self._turns += [turn] if turn else []
        return events


ENGINES: dict[str, type[Engine]] = {"threads": Threads, "selectors": Selectors}
