"""The switchboard: one thread that owns the room and every outbox, decides, and never waits for a client.

It works in rounds: take all that has happened, let the room decide, then give each client what it must hear
in one piece. No other thread touches what it owns, so nothing here is locked.
"""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from chatkit.connection import Connection
from chatkit.engine import Engine, Event, Happened
from chatkit.limits import Limits
from chatkit.listener import Listener
from chatkit.messages import Joined, Left, Reply, encode
from chatkit.room import Effects, HangUp, Room, State, Tell

BREATH = 0.02  # seconds
TICK = 0.25  # seconds between two looks at everybody's deadlines

T = TypeVar("T")
log = logging.getLogger("chatkit.server")


def _age(connection: Connection) -> float:
    return time.monotonic() - connection.arrived


class Switchboard:
    """Carry out what the room decides, for the connections that the engine watches."""

    _listener: Listener
    _engine: Engine
    closed = False  # nobody more is let in

    def __init__(self, room: Room, limits: Limits) -> None:
        self.room = room
        self.limits = limits
        self._connections: set[Connection] = set()
        self._dirty: set[Connection] = set()  # to be looked at before the round ends
        self._next_look = 0.0
        self._crowded = False  # somebody is far behind

    @property
    def outboxes(self) -> dict[str, int]:
        """The bytes that wait to be sent, by each client's address in words; any thread may ask."""
        return {each.peer: each.queued for each in self._connections.copy()}

    def _round(self) -> None:
        if self._crowded:  # fewer, larger rounds: a flood slows down before it costs a slow reader its seat
            time.sleep(BREATH)
            self._crowded = False
        for event in self._engine.wait(TICK):
            self._guard(self._handle, event, event.connection)
        if time.monotonic() > self._next_look:
            self._next_look = time.monotonic() + TICK
            self._dirty |= self._connections
        while self._dirty:
            connection = self._dirty.pop()
            self._guard(self._deliver, connection, connection)

    def _guard(self, work: Callable[[T], None], about: T, connection: Connection) -> None:
        try:
            work(about)
        except Exception:  # a bug here must cost one client its seat, and nobody else anything
            log.exception("a bug in the server; it cuts %s", connection.peer)
            connection.abort("server error")

    def _handle(self, event: Event) -> None:
        match event.happened:
            case Happened.ARRIVED:
                self._arrived(event.connection)
            case Happened.SPOKE:
                self._spoke(event.connection, event.lines)
            case Happened.ENDED:
                self._goodbye(event.connection)
            case _:  # writable
                self._dirty.add(event.connection)

    def _arrived(self, connection: Connection) -> None:
        limit = self.limits.clients or self._engine.max_clients
        try:
            if self.closed or len(self._connections) >= limit:
                raise RuntimeError("the room is full")
            self._engine.add(connection)
        except RuntimeError as error:  # Thread.start raises it too, when there are no more to be had
            return self._listener.refuse(connection.sock, str(error))
        log.debug("%s connected", connection.peer)
        self._connections.add(connection)
        self._carry_out(self.room.arrive(connection))

    def _spoke(self, connection: Connection, lines: list[bytes]) -> None:
        if connection.closing:
            return  # it has been dismissed
        for line in lines:
            if self.room.state(connection) is State.NAMING:
                self._make_way_for(line)
            self._carry_out(self.room.hear(connection, line))
        if connection.lines.too_long:
            rule = f"a line has {self.limits.line} bytes at most, with its newline; goodbye"
            self._dismiss(connection, "line too long", rule)

    def _goodbye(self, connection: Connection) -> None:
        log.debug("%s is gone: %s", connection.peer, connection.reason or "goodbye")
        connection.ended = True
        self._carry_out(self.room.leave(connection, connection.reason))
        self._hang_up(connection)

    def _make_way_for(self, name: bytes) -> None:
        """Let somebody come back whose old connection is dead, though nobody has read its end yet."""
        ghost = self.room.holder(name.decode("ascii", "replace"))
        if ghost and ghost.is_dead():
            self._cut(ghost, "connection lost")

    def _carry_out(self, effects: Effects) -> None:
        for effect in effects:
            self._hang_up(effect.guest) if isinstance(effect, HangUp) else self._tell(effect)

    def _tell(self, effect: Tell) -> None:
        if isinstance(effect.message, Joined | Left):
            log.info("%s", effect.message)
        piece = encode(effect.message)
        for connection in effect.to:
            connection.queue(piece)
        self._dirty.update(effect.to)

    def _deliver(self, connection: Connection) -> None:
        """Send one client what it must hear, in one piece; cut it if its time is up."""
        connection.flush()
        self._crowded |= connection.queued > self.limits.outbox // 2
        if why := connection.overdue():
            self._cut(connection, why)
        elif self.room.state(connection) is State.NAMING and _age(connection) > self.limits.naming:
            self._dismiss(connection, "no name", f"no name within {self.limits.naming:g} seconds; goodbye")
        self._engine.watch(connection)
        if connection.ended and not connection.queued:
            self._engine.remove(connection)
            self._connections.discard(connection)

    def _dismiss(self, connection: Connection, reason: str, reply: str) -> None:
        """Tell one client why, then hang up."""
        self._tell(Tell((connection,), Reply(reply)))
        self._carry_out(self.room.leave(connection, reason))
        self._hang_up(connection)

    def _hang_up(self, connection: Connection) -> None:
        connection.close()
        self._dirty.add(connection)

    def _cut(self, connection: Connection, reason: str) -> None:
        connection.abort(reason)
        self._dirty.add(connection)
        self._carry_out(self.room.leave(connection, reason))
