"""The switchboard: one thread that owns the room, takes all that has happened, and lets the room decide.

It works in rounds: everything that has arrived, then `delivery` of what follows from it. No other thread
touches what it owns, so nothing here is locked, and nothing here waits for a client.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from chatkit.connection import Connection
from chatkit.delivery import Delivery, log
from chatkit.effects import Tell
from chatkit.engine import Event, Happened
from chatkit.limits import SMALLEST_TURN, Limits, Turn
from chatkit.listener import FULL, Listener
from chatkit.messages import Reply
from chatkit.room import Room, State

BREATH = 0.02  # seconds
MOUTHFUL = 256  # lines that are decided in one go
SHORT = 32  # bytes a line: who sends shorter ones, of the kind that takes longer, is read less at a time
CROWD = 1 << 20  # bytes for single clients, of which no more wait for the end of a round
TICK = 0.25  # seconds between two looks at everybody's deadlines


@dataclass(frozen=True, slots=True)
class Client:
    """One client as its host sees it; `name` is empty until it has joined."""

    peer: str  # its address, in words
    name: str
    since: float  # a time of `time.monotonic`
    lines_in: int
    bytes_in: int
    bytes_out: int
    queued: int  # bytes that wait to be sent


class Switchboard(Delivery):
    """Let the room decide what follows from what the engine tells, round after round."""

    _listener: Listener

    def __init__(self, room: Room, limits: Limits) -> None:
        super().__init__(room, limits)
        self._short_turn = Turn()  # of whoever asks: to answer takes longer than to pass on
        self._short_turn.bytes = SMALLEST_TURN
        self._errands: deque[Callable[[], None]] = deque()  # of other threads
        self._next_look = 0.0

    @property
    def outboxes(self) -> dict[str, int]:
        """The bytes that wait to be sent, by each client's address in words; any thread may ask."""
        return {each.peer: each.queued for each in self._connections.copy()}

    def clients(self) -> list[Client]:
        """Return who is connected, in the order of arrival; any thread may ask."""
        return [
            Client(c.peer, self.room.name(c), c.arrived, c.said, c.received, c.sent, c.queued)
            for c in sorted(self._connections.copy(), key=lambda c: c.arrived)
        ]

    def kick(self, name: str, reason: str = "removed by the host") -> None:
        """Tell the member called `name` why, if there is one, and hang up; any thread may ask."""
        self._errands.append(lambda: self._kick(name, reason))
        self._engine.ring()

    def _round(self) -> None:
        if self._crowded:  # fewer, larger rounds: a flood slows down before it costs a slow reader its seat
            time.sleep(BREATH)
            self._crowded = False
        for event in self._engine.wait(TICK):
            self._guard(self._handle, event, event.connection)
            if self._told > CROWD:  # a thousand newcomers are told a thousand long lists
                self._keep()
                self._send_out()
        while self._errands:
            self._errands.popleft()()
        if time.monotonic() > self._next_look:
            self._next_look = time.monotonic() + TICK
            for connection in self._connections.copy():
                self._guard(self._look_at, connection, connection)
        self._give_out()

    def _handle(self, event: Event) -> None:
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
        lines = self._slow_down(connection, lines)
        if lines and self.room.state(connection) is State.NAMING:
            self._make_way_for(lines[0])
        answers, effort = self._answers, self._decide(connection, lines)
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

    def _make_way_for(self, name: bytes) -> None:
        """Let somebody come back whose old connection is dead, though nobody has read its end yet."""
        ghost = self.room.holder(name.decode("ascii", "replace"))
        if ghost and ghost.is_dead():
            self._cut(ghost, "connection lost")

    def _kick(self, name: str, reason: str) -> None:
        if connection := self.room.holder(name):
            dismiss = partial(self._dismiss, reason=reason, reply=f"{reason}; goodbye")
            self._guard(dismiss, connection, connection)
