"""All to all, in a closed loop: everybody says a batch, and the next one once the batches of all others are there.

So at most two batches a client are under way. Told are deliveries: one line that one client has heard.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from chatkit.bench import machine
from chatkit.bench.load.crowd import Crowd, Member, Stuck


def play(crowd: Crowd, pid: int, clients: int, warm_up: float, seconds: float) -> dict[str, Any]:
    """Run it for `seconds` after `warm_up` seconds; return what was measured and found wrong."""
    crowd.join(clients)
    crowd.begin()
    loop = Loop(crowd)
    trouble = ""
    try:
        loop.run_for(warm_up)
        start, heard = machine.now(pid), loop.heard
        loop.run_for(seconds)
        span, heard = machine.between(start, machine.now(pid)), loop.heard - heard
        loop.drain()
    except Stuck as error:
        trouble = str(error)
        span, heard = machine.between(start, machine.now(pid)), 0
    faults = crowd.faults()
    return {"deliveries": heard, "span": asdict(span), "faults": asdict(faults), "trouble": trouble}


class Loop:
    """A closed loop among members who all speak and all listen."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.heard = 0
        self._others = (len(crowd.members) - 1) * crowd.book.in_batch
        for member in crowd.members:
            crowd.speak(member, crowd.book.say(member.number))

    def run_for(self, seconds: float) -> None:
        """Go round until this time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._hear(self._say_next)

    def drain(self) -> None:
        """Say nothing more, and hear all that is under way."""
        book, members = self.crowd.book, self.crowd.members
        due = sum(book.said) * book.in_batch * (len(members) - 1)
        while self.heard < due:
            self._hear(lambda member: None)

    def _hear(self, then: Any) -> None:
        for member, data in self.crowd.listen():
            if member.gone:
                raise Stuck(f"the server has hung up on client {member.number + 1}")
            if lines := member.ear.hear(data):
                self.heard += lines
                then(member)

    def _say_next(self, member: Member) -> None:
        book = self.crowd.book
        while member.ear.heard >= book.said[member.number] * self._others:
            self.crowd.speak(member, book.say(member.number))
