"""A closed loop: every talker says a batch, and the next one once the batches of all other talkers are there.

So at most two batches a talker are under way. A delivery is one line that one client has heard.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from chatkit.bench import machine
from chatkit.bench.load.crowd import Crowd, Member, Stuck
from chatkit.bench.load.telling import Told, percentile

FLOWS = 1 << 15  # bytes: as much as is under way of one talker alone


def all_to_all(
    crowd: Crowd, pid: int, clients: int, warm_up: float, seconds: float, talkers: int = 0
) -> Told:
    """Have all clients talk, or the first `talkers`, and all listen; measure `seconds` after `warm_up`."""
    crowd.join(clients)
    crowd.begin()
    return measured(crowd, pid, Loop(crowd, talkers or clients), warm_up, seconds)


def one_to_many(crowd: Crowd, pid: int, clients: int, warm_up: float, seconds: float) -> Told:
    """Have one client talk, and `clients` others listen."""
    crowd.join(clients + 1)
    crowd.begin()
    return measured(crowd, pid, Monologue(crowd), warm_up, seconds)


def measured(crowd: Crowd, pid: int, loop: Loop, warm_up: float, seconds: float) -> Told:
    """Go round, and tell how many deliveries there were; then all that is under way must arrive."""
    loop.begin()
    try:
        loop.run_for(warm_up)
        start, before = machine.now(pid), loop.heard
        loop.turns.clear()
        loop.run_for(seconds)
        span, heard = machine.between(start, machine.now(pid)), loop.heard - before
    except Stuck as error:
        return Told({}, None, crowd.faults(), str(error))
    trouble = loop.drained()
    figures = {
        "deliveries": heard,
        "rate": heard / span.seconds,
        "turn_p50": percentile(loop.turns, 50),
        "turn_p99": percentile(loop.turns, 99),
    }
    return Told(figures, span, crowd.faults(), trouble)


class Loop:
    """The closed loop among the first `talkers` members; the others only listen."""

    def __init__(self, crowd: Crowd, talkers: int) -> None:
        self.crowd = crowd
        self.heard = 0
        self.turns: list[float] = []  # seconds between two batches of one talker
        self._talkers = crowd.members[:talkers]
        self._others = (talkers - 1) * crowd.book.in_batch
        self._spoke: dict[int, float] = {}

    def begin(self) -> None:
        """Have every talker say the first batch."""
        for member in self._talkers:
            self._say(member)

    def run_for(self, seconds: float) -> None:
        """Go round until this time is over, and on until somebody has spoken again: no turn, no figure."""
        end = time.monotonic() + seconds
        while time.monotonic() < end or not self.turns:
            self._listen(self._next)

    def drained(self) -> str:
        """Say nothing more, and hear all that is under way; return what went wrong with that."""
        try:
            while self.crowd.lacking():
                self._listen(lambda member: None)
        except Stuck as error:
            return str(error)
        return ""

    def _listen(self, then: Callable[[Member], None]) -> None:
        for member, data in self.crowd.listen():
            if member.gone:
                raise Stuck(f"the server has hung up on client {member.number + 1}")
            if lines := member.ear.hear(data):
                self.heard += lines
                then(member)

    def _next(self, member: Member) -> None:
        """Have a member speak again, as soon as it has heard all others as often as it has spoken."""
        if member.number >= len(self._talkers):
            return
        while member.ear.heard >= self.crowd.book.said[member.number] * self._others:
            self._say(member)

    def _say(self, member: Member) -> None:
        now = time.monotonic()
        if before := self._spoke.get(member.number):
            self.turns.append(now - before)
        self._spoke[member.number] = now
        self.crowd.speak(member, self.crowd.book.say(member.number))


class Monologue(Loop):
    """One talks, and says the next batch when all the others together have heard all but the latest ones."""

    def __init__(self, crowd: Crowd) -> None:
        super().__init__(crowd, talkers=1)
        self._many = crowd.book.in_batch * (len(crowd.members) - 1)
        self._ahead = max(2, FLOWS // (crowd.book.in_batch * crowd.book.size))

    def begin(self) -> None:
        self._next(self._talkers[0])

    def _next(self, member: Member) -> None:
        talker = self._talkers[0]
        while self.heard > (self.crowd.book.said[0] - self._ahead) * self._many - 1:
            self._say(talker)
