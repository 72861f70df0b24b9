"""What every engine does: it tells the switchboard what happened to which connection, as soon as it happens.

An engine tells of one read per client a round, so a client that floods gets its fair turn and no more. It
watches a stalled socket until that takes bytes again, and any thread may ring its bell to end the wait.
"""

import logging
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from typing import NamedTuple

from chatkit.connection import Connection

log = logging.getLogger("chatkit.server")


class Happened(Enum):
    """What there is to tell of a connection."""

    ARRIVED = auto()
    SPOKE = auto()
    OVERRAN = auto()  # it spoke, and then came a line that is too long
    ENDED = auto()
    WRITABLE = auto()


class Event(NamedTuple):
    """One thing that happened to one connection; it has lines only if it spoke."""

    happened: Happened
    connection: Connection
    lines: list[bytes]


def read_event(connection: Connection) -> Event:
    """Read once from a connection, and say what came of it."""
    try:
        lines = connection.read()
    except Exception:  # a bug here must cost one client its seat, and nobody else anything
        log.exception("a bug in the server; it cuts %s", connection.peer)
        connection.reason, lines = "server error", None
    if lines is None:
        return Event(Happened.ENDED, connection, [])
    return Event(Happened.OVERRAN if connection.lines.too_long else Happened.SPOKE, connection, lines)


class Engine:
    """Wait on a selector; what else there is to wait for, and who does, is for each kind to say.

    `listener` is the listening socket; `accept` returns the next connection, or None if there is none.
    """

    max_clients: int
    reads = 0  # the selector events that a connection is always watched for

    def __init__(self, listener: socket.socket, accept: Callable[[], Connection | None]) -> None:
        self.listener = listener
        self.accept = accept
        self.selector = selectors.DefaultSelector()
        self._bell, self._rope = socket.socketpair()
        self._bell.setblocking(False)
        self._rope.setblocking(False)
        self.selector.register(self._bell, selectors.EVENT_READ, self._hush)

    def start(self) -> None:
        """Begin to accept."""

    def stop_accepting(self, close: Callable[[], None]) -> None:
        """Close the listener; the next `wait` tells of the last who was accepted."""
        close()

    def add(self, connection: Connection) -> None:
        """Begin to read from a connection; raise RuntimeError if this machine cannot."""

    def wait(self, timeout: float) -> list[Event]:
        """Wait at most `timeout` seconds for something to happen, and return all that has."""
        events: list[Event] = []
        for key, mask in self.selector.select(timeout):
            about = key.data
            events += self._ready(about, mask) if isinstance(about, Connection) else about()
        return events

    def watch(self, connection: Connection) -> None:
        """Have the selector watch a connection for what it needs now, which may be nothing."""
        reads = 0 if connection.ended else self.reads
        needed = reads | (selectors.EVENT_WRITE if connection.stalled else 0)
        known = connection.watched
        if needed == known:
            return
        if not known:
            self.selector.register(connection.sock, needed, connection)
        elif not needed:
            self.selector.unregister(connection.sock)
        else:
            self.selector.modify(connection.sock, needed, connection)
        connection.watched = needed

    def remove(self, connection: Connection) -> None:
        """Forget a connection that has ended and close its socket."""
        connection.ended, connection.stalled = True, False
        self.watch(connection)
        connection.sock.close()

    def ring(self) -> None:
        """End the present or the next wait, from any thread."""
        with suppress(OSError):  # it has been rung often enough, or it is gone
            self._rope.send(b"\0")

    def stop(self, timeout: float) -> None:
        """Give back everything that the engine holds, once every connection has been cut."""
        self.let_go()

    def let_go(self) -> None:
        """Close what the engine itself holds open."""
        self.selector.close()
        self._bell.close()
        self._rope.close()

    def _hush(self) -> list[Event]:
        with suppress(BlockingIOError):
            self._bell.recv(4096)
        return []

    def _ready(self, connection: Connection, mask: int) -> list[Event]:
        events = [Event(Happened.WRITABLE, connection, [])] if mask & selectors.EVENT_WRITE else []
        return [*events, read_event(connection)] if mask & selectors.EVENT_READ else events
