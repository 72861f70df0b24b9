"""Delivery: what the room decides is carried out, and each client gets all it must hear in one piece a round.

Words for everybody are kept once (`broadcast`); when the round ends, each connection is queued its share and
sent it without waiting. Whoever does not take it in time is cut. This file does not know why a round began.
"""

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from chatkit.behind import Behind
from chatkit.broadcast import Broadcast, Piece
from chatkit.connection import Connection
from chatkit.consent import forgotten
from chatkit.door import Door
from chatkit.effects import Admit, Choose, Effects, Forget, HangUp, Remember, Replay, Spread, Tell
from chatkit.engine import Engine
from chatkit.limits import Limits, Turn
from chatkit.memory import Memory
from chatkit.messages import Joined, Left, Notice, Reply, encode
from chatkit.room import Room, State

encode_reply = lru_cache(16)(encode)  # an answer that many are given is kept once for all
UNFORGOTTEN = "the history has failed; what it has of you is still in it"

T = TypeVar("T")
log = logging.getLogger("chatkit.server")


class Delivery:
    """Carry out what the room decides, for the connections that the engine watches."""

    _engine: Engine
    _door: Door

    def __init__(self, room: Room, limits: Limits) -> None:
        self.room = room
        self.limits = limits
        self._connections: set[Connection] = set()
        self._everybody = Broadcast()
        self._memory = Memory(None)
        self._dirty: set[Connection] = set()  # to be looked after before the round ends
        self._behind = Behind(limits.outbox)
        self._turn = Turn(limits.outbox)  # everybody's
        self._told = 0  # bytes for one client alone that wait to be sent
        self._answers = 0  # how many times anybody has been told anything

    def _carry_out(self, effects: Effects) -> None:
        for effect in effects:
            match effect:
                case Spread():
                    self._spread(effect)
                case Tell():
                    self._tell(effect)
                case Admit(guest):
                    self._everybody.admit(guest)
                case HangUp(guest):
                    self._hang_up(guest)
                case Remember(speech):
                    self._memory.note(speech)
                case Choose(name, remembered):
                    self._memory.choose(name, remembered)
                case Replay(guest):
                    self._keep_news()
                    for message in self._memory.last(self.limits.outbox // 4):  # it has read nothing yet
                        self._tell(Tell(guest, message))
                case Forget(guest, name):
                    self._tell(Tell(guest, Reply(self._forget(name))))

    def _forget(self, name: str) -> str:
        self._keep_news()
        count = self._memory.forget(name)
        return forgotten(count) if self._memory.is_kept else UNFORGOTTEN

    def _keep(self) -> None:
        """Have what was said kept; nobody has been sent it yet."""
        if news := self._memory.keep():
            if not self._memory.is_kept:
                self.room.consent = None
            log.warning("%s", news)
            self._everybody.say(None, encode(Notice(news)))

    def _keep_news(self) -> None:
        """Have it kept now, because what follows is about all that was said before it."""
        if self._memory.has_news:
            self._keep()

    def _spread(self, effect: Spread) -> None:
        if isinstance(effect.message, Joined | Left):
            log.info("%s", effect.message)
        self._everybody.say(effect.by, encode(effect.message))

    def _tell(self, effect: Tell) -> None:
        piece = (encode_reply if isinstance(effect.message, Reply) else encode)(effect.message)
        self._answers += 1
        if not self._everybody.tell(effect.to, piece):
            self._dirty.add(effect.to)
            effect.to.queue(piece)
            self._told += len(piece)

    def _catch_up(self, connection: Connection) -> None:
        """Queue what it has not heard yet: what it is told next comes after that."""
        if self._everybody.is_long():  # whoever leaves in the middle of a round takes a copy
            self._share_out()
        connection.queue(*self._everybody.take(connection))
        self._dirty.add(connection)

    def _dismiss(self, connection: Connection, reason: str, reply: str) -> None:
        """Tell one client why, then hang up."""
        self._tell(Tell(connection, Reply(reply)))
        self._carry_out(self.room.leave(connection, reason))
        self._hang_up(connection)

    def _hang_up(self, connection: Connection) -> None:
        self._catch_up(connection)
        self._everybody.dismiss(connection)
        connection.close()

    def _cut(self, connection: Connection, reason: str) -> None:
        self._everybody.dismiss(connection)
        connection.abort(reason)
        self._dirty.add(connection)
        self._carry_out(self.room.leave(connection, reason))

    def _give_out(self) -> None:
        """Send each client its share; whoever is cut over it, the others hear of it in the same round."""
        while self._share_out() or self._dirty:
            self._send_out()

    def _share_out(self) -> bool:
        """Send each client its share of what has been said; say whether there was any."""
        self._keep()
        share = None
        for share in self._everybody.end_round():
            self._guard(self._hand, share, share[0])
        return bool(share)

    def _hand(self, share: tuple[Connection, list[Piece]]) -> None:
        connection, pieces = share
        waited = connection.queued
        connection.queue(*pieces)
        is_much = connection.queued - waited > self.limits.outbox // 8  # then to try costs little
        if not connection.stalled or is_much:
            connection.flush()
        if connection.queued or connection.ended:
            self._dirty.add(connection)

    def _send_out(self) -> None:
        """Send what is queued, to whoever there is anything for."""
        self._told = 0
        these, self._dirty = self._dirty, set()
        for connection in these:
            self._guard(self._deliver, connection, connection)

    def _send_on(self, connection: Connection) -> None:
        self._guard(Connection.flush, connection, connection)

    def _deliver(self, connection: Connection) -> None:
        if not connection.stalled or connection.overdue():  # to try in vain costs as much as to send
            connection.flush()
        if connection.stalled:
            self._behind.note(connection)
            self._judge(connection)
        self._engine.watch(connection)
        if connection.ended and connection.closing and not connection.queued:
            self._let_go_of(connection)

    def _let_go_of(self, connection: Connection) -> None:
        """Close its socket, and give its place to whoever comes."""
        if connection in self._connections:
            self._connections.discard(connection)
            self._door.leave(connection.host, connection.pace)
            self._turn.share_among(len(self._connections))
            self._engine.remove(connection)

    def _look_at(self, connection: Connection) -> None:
        """Look after one client to whom nothing has happened."""
        if connection.stalled:  # it may have taken too little for the engine to tell
            connection.stalled = False  # so it is tried at the end of the round, and judged by that
            self._dirty.add(connection)
        else:
            self._judge(connection)

    def _judge(self, connection: Connection) -> None:
        """Cut one client if its time is up."""
        if why := connection.overdue():
            self._cut(connection, why)
        elif self.room.state(connection) is State.NAMING and connection.age() > self.limits.naming:
            self._dismiss(connection, "no name", f"no name within {self.limits.naming:g} seconds; goodbye")

    def _guard(self, work: Callable[[T], None], about: T, connection: Connection) -> None:
        try:
            work(about)
        except Exception:  # a bug here must cost one client its seat, and nobody else anything
            log.exception("a bug in the server; it cuts %s", connection.peer)
            connection.abort("server error")
            if connection.ended:  # even its goodbye has met a bug, and would again
                self._let_go_of(connection)
