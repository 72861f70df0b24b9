"""The chat server: threads that wait, and one thread that decides.

The switchboard thread alone owns the room and every outbox, so nothing here is locked. It works in rounds:
take all that has happened, let the room decide, then give each client what it must hear in one piece. It
never waits for a client. Nothing prints; who comes and goes is logged to the logger `chatkit.server`.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Self

from chatkit.connection import Connection
from chatkit.engines import ENGINES, Event, Happened
from chatkit.limits import Limits
from chatkit.listener import Listener, refuse
from chatkit.messages import Joined, Left, Reply, encode
from chatkit.room import Effects, HangUp, Room, State, Tell

HOST, PORT = "127.0.0.1", 55555
TICK = 0.25  # seconds between two looks at everybody's deadlines

log = logging.getLogger(__name__)


class ChatServer:
    """Serve one chat room on `host` and `port` (0: any free one), by the engine `threads` or `selectors`."""

    def __init__(
        self,
        host: str = HOST,
        port: int = PORT,
        *,
        engine: str = "threads",
        ascii_only: bool = False,
        limits: Limits | None = None,
    ) -> None:
        if engine not in ENGINES:
            raise ValueError(f"there is no engine {engine!r}; there are: {', '.join(ENGINES)}")
        self.host, self.port, self.engine, self.ascii_only = host, port, engine, ascii_only
        self.limits = limits or Limits()
        self.room = Room(ascii_only=ascii_only)
        self._connections: set[Connection] = set()
        self._dirty: set[Connection] = set()  # to be looked at before the round ends
        self._next_look = 0.0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> tuple[str, int]:
        """The host and the port that it listens on, once it has started."""
        return self._listener.address

    @property
    def names(self) -> tuple[str, ...]:
        """Who is in the room, in the order in which they joined."""
        return self.room.names

    def start(self) -> Self:
        """Listen, serve in the background, and return at once; raise `CannotListen` if that is impossible."""
        if self._thread:
            raise RuntimeError("this server is running already; stop it first")
        self._listener = Listener(self.host, self.port)
        self._engine = ENGINES[self.engine](self._listener.socket, self._accept)
        self._stopping.clear()
        self.room = Room(ascii_only=self.ascii_only)
        self._engine.start()
        self._thread = threading.Thread(target=self._switchboard, name="chatkit switchboard", daemon=True)
        self._thread.start()
        log.info("listening on %s port %d", *self.address)
        return self

    def serve_forever(self) -> None:
        """Serve until another thread calls `stop`."""
        thread = self._thread or self.start()._thread
        while thread and thread.is_alive():
            thread.join(1.0)  # a join without end could not be interrupted everywhere

    def stop(self, timeout: float = 2.0) -> None:
        """Tell every client, send what is queued within `timeout` seconds, and give back all it holds."""
        if not self._thread:
            return
        self._stop_by = time.monotonic() + timeout
        self._stopping.set()
        self._engine.ring()
        self._thread.join(timeout + 5.0)
        self._thread = None

    def __enter__(self) -> Self:
        return self if self._thread else self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _accept(self) -> Connection | None:
        """Return the next client's connection; the engine calls it where it waits for clients."""
        accepted = self._listener.accept()
        return Connection(*accepted, self.limits) if accepted else None

    # All that follows is called by the switchboard thread alone.

    def _switchboard(self) -> None:
        while not self._stopping.is_set():
            self._round()
        self._listener.close()
        self.room = Room()  # an empty one: nobody needs to hear who leaves now
        self._end_all(lambda each: self._dismiss(each, "", "the server is stopping; goodbye"), self._stop_by)
        self._end_all(lambda each: self._cut(each, "server stopped"), time.monotonic() + 1.0)
        self._engine.stop(timeout=1.0)
        log.info("stopped")

    def _end_all(self, end: Callable[[Connection], None], deadline: float) -> None:
        for connection in list(self._connections):
            end(connection)
        while self._connections and time.monotonic() < deadline:
            self._round()

    def _round(self) -> None:
        for event in self._engine.wait(TICK):
            self._handle(event)
        if time.monotonic() > self._next_look:
            self._next_look = time.monotonic() + TICK
            self._dirty |= self._connections
        while self._dirty:
            self._deliver(self._dirty.pop())

    def _handle(self, event: Event) -> None:
        try:
            match event.happened:
                case Happened.ARRIVED:
                    self._arrived(event.connection)
                case Happened.SPOKE:
                    self._spoke(event.connection, event.lines)
                case Happened.ENDED:
                    self._ended(event.connection)
                case Happened.WRITABLE:
                    self._dirty.add(event.connection)
        except Exception:  # a bug here must cost one client its seat, and nobody else anything
            log.exception("a bug in the server; it cuts %s", event.connection.peer)
            self._cut(event.connection, "server error")

    def _arrived(self, connection: Connection) -> None:
        limit = self.limits.clients or self._engine.max_clients
        try:
            if self._stopping.is_set() or len(self._connections) >= limit:
                raise RuntimeError("the room is full")
            self._engine.add(connection)
        except RuntimeError as error:  # Thread.start raises it too, when there are no more to be had
            log.warning("%s turned away: %s", connection.peer, error)
            return refuse(connection.sock)
        log.debug("%s connected", connection.peer)
        self._connections.add(connection)
        self._carry_out(self.room.arrive(connection))

    def _spoke(self, connection: Connection, lines: list[bytes]) -> None:
        for line in lines:
            if self.room.state(connection) is State.NAMING:
                self._make_way_for(line)
            self._carry_out(self.room.hear(connection, line))
        if connection.lines.too_long and not connection.closing:
            rule = f"a line has {self.limits.line} bytes at most, with its newline; goodbye"
            self._dismiss(connection, "line too long", rule)

    def _ended(self, connection: Connection) -> None:
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
        if why := connection.overdue():
            self._cut(connection, why)
        elif self.room.state(connection) is State.NAMING and connection.age() > self.limits.naming:
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
        self._carry_out(self.room.leave(connection, reason))
        connection.abort(reason)
        self._dirty.add(connection)
