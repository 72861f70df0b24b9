"""The switchboard: one thread that owns the room, takes all that has happened, and lets the room decide.

It works in rounds: everything that has arrived, then `delivery` of what follows from it. No other thread
touches what it owns, so nothing here is locked, and nothing here waits for a client.
"""

import time
from collections import deque
from itertools import chain

from chatkit.behind import BREATH
from chatkit.connection import Connection
from chatkit.delivery import log
from chatkit.effects import Tell
from chatkit.engine import Event, Happened
from chatkit.hosting import Hosting
from chatkit.limits import SMALLEST_TURN, Limits, Turn
from chatkit.listener import FULL, Listener
from chatkit.messages import Reply
from chatkit.room import Room, State

MOST_LATER = 64  # things that happened to one whose name must wait
MOUTHFUL = 256  # lines that are decided in one go
SHORT = 32  # bytes a line: who sends shorter ones, of the kind that takes longer, is read less at a time
CROWD = 1 << 20  # bytes for single clients, of which no more wait for the end of a round
TICK = 0.25  # seconds between two looks at everybody's deadlines
STANDSTILL = 1.0  # seconds by which a look is late if this process was stopped, or its machine slept


class Switchboard(Hosting):
    """Let the room decide what follows from what the engine tells, round after round."""

    _listener: Listener
    connection_type: type[Connection] = Connection  # a subclass may bring one of its own

    def __init__(self, room: Room, limits: Limits) -> None:
        super().__init__(room, limits)
        self._backlog: deque[Event] = deque()  # what has happened and is not dealt with yet
        self._short_turn = Turn(limits.outbox)  # of whoever asks: to answer takes longer than to pass on
        self._short_turn.bytes = SMALLEST_TURN
        self._later: dict[Connection, list[Event]] = {}  # what happened to those whose name must wait
        self._next_look = time.monotonic()
        self._is_late = False  # the last look was put off

    def _accept(self) -> Connection | None:
        """Return the next client's connection; the engine calls it where it waits for clients."""
        if not (caller := self._listener.accept()):
            return None
        try:
            return self.connection_type(*caller, self.limits)
        except Exception:  # a bug here must cost nobody else the way in
            log.exception("a bug in the server; it turns %s away", caller[1])
            caller[0].close()
            return None

    def _round(self) -> None:
        self._dirty |= self._behind.wait(bool(self._backlog), self._send_on)
        if not self._backlog:
            later, self._later = [*chain(*self._later.values())], {}
            self._backlog += [*later, *self._engine.wait(BREATH if later else TICK)]
        enough = self._everybody.end + self.limits.outbox // 4  # more would wait for who is quick to read
        while self._backlog and self._everybody.end <= enough:
            event = self._backlog.popleft()
            self._guard(self._handle, event, event.connection)
            if self._told > CROWD:  # a thousand newcomers are told a thousand long lists
                self._keep()
                self._send_out()
        self._run_errands()
        self._look_at_all(time.monotonic())
        self._give_out()

    def _look_at_all(self, now: float) -> None:
        """Look at everybody's deadlines now and then.

        After a standstill, what has come meanwhile is read first: it may have come in time.
        """
        if now <= self._next_look:
            return
        self._is_late = now - self._next_look > STANDSTILL and not self._is_late
        self._next_look = now + (STANDSTILL if self._is_late else TICK)
        for connection in () if self._is_late else self._connections.copy():
            self._guard(self._look_at, connection, connection)

    def _handle(self, event: Event) -> None:
        if event.connection in self._later or self._must_wait(event.connection, event.lines):
            return self._put_off(event)
        match event.happened:
            case Happened.ARRIVED:
                self._arrived(event.connection)
            case Happened.SPOKE:
                self._spoke(event.connection, event.lines)
            case Happened.OVERRAN:
                self._spoke(event.connection, event.lines)
                self._overran(event.connection)
            case Happened.ENDED:
                self._goodbye(event.connection)
            case _:  # writable
                event.connection.stalled = False
                self._dirty.add(event.connection)

    def _arrived(self, connection: Connection) -> None:
        if why := self._door.objection(connection.host):
            return self._listener.refuse(connection.sock, why)
        connection.turn = self._short_turn
        try:
            self._engine.add(connection)
        except RuntimeError as error:  # there are no more threads to be had
            return self._listener.refuse(connection.sock, FULL, str(error))
        log.debug("%s connected", connection.peer)
        self._connections.add(connection)
        self._door.enter(connection.host)
        self._turn.share_among(len(self._connections))
        connection.pace = self._door.pace(connection.host)
        self._carry_out(self.room.arrive(connection))

    def _spoke(self, connection: Connection, lines: list[bytes]) -> None:
        if connection.closing:
            return  # it has been dismissed
        answers = self._answers
        effort = self._decide(connection, self._slow_down(connection, lines))
        is_hard = self._answers > answers or effort > connection.turn.bytes // SHORT
        connection.turn = self._short_turn if is_hard else self._turn

    def _decide(self, connection: Connection, lines: list[bytes]) -> int:
        """Let the room decide, a mouthful at a time; return how many effects that had."""
        effort = 0
        for begin in range(0, len(lines), MOUTHFUL):
            if connection.closing:
                break  # whatever it said after its goodbye
            effects = self.room.hear_all(connection, lines[begin : begin + MOUTHFUL])
            effort += len(effects)
            self._carry_out(effects)
            if self._everybody.aside > CROWD:
                self._give_out()
            if connection.queued > self.limits.outbox:  # so many questions, with long answers
                self._cut(connection, "too slow")
        return effort

    def _overran(self, connection: Connection) -> None:
        if not connection.closing:
            rule = f"a line has {self.limits.line} bytes at most, with its newline; goodbye"
            self._dismiss(connection, "line too long", rule)

    def _slow_down(self, connection: Connection, lines: list[bytes]) -> list[bytes]:
        """Drop what comes faster than it may; hang up on a flood that does not end."""
        if not (pace := connection.pace):
            return lines
        now = time.monotonic()
        passed = lines[: pace.allow(len(lines), now)]
        if words := pace.complaint(now):
            self._tell(Tell(connection, Reply(words)))
        if pace.flood > self.limits.flood_time:
            self._dismiss(connection, "flooding", "that was too fast for too long; goodbye")
        return passed

    def _goodbye(self, connection: Connection) -> None:
        log.debug("%s is gone: %s", connection.peer, connection.reason or "goodbye")
        connection.ended = True
        self._carry_out(self.room.leave(connection, connection.reason))
        self._hang_up(connection)

    def _put_off(self, event: Event) -> None:
        waiting = self._later.setdefault(event.connection, [])
        waiting.append(event)
        if event.happened is Happened.ENDED:  # or a selector would tell of it again and again
            event.connection.ended = True
            self._engine.watch(event.connection)
        if len(waiting) > MOST_LATER and not event.connection.closing:
            self._dismiss(event.connection, "flooding", "that was too fast; goodbye")

    def _must_wait(self, connection: Connection, lines: list[bytes]) -> bool:
        """Say whether these begin with a name that comes too fast, or whose holder is just leaving."""
        if not lines or connection.closing or self.room.state(connection) is not State.NAMING:
            return False
        if connection.pace and not connection.pace.may_speak(time.monotonic()):
            return True
        holder = self.room.holder(lines[0].decode("ascii", "replace"))
        return holder is not None and self._is_leaving(holder)

    def _is_leaving(self, connection: Connection) -> bool:
        """Say whether an end is all there is to be read of somebody."""
        try:
            return connection.peek() == b""
        except OSError:  # which is told once: whoever reads now finds an ordinary end
            connection.reason = connection.reason or "connection lost"
            return True
