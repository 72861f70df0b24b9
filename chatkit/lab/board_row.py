"""One row of the board: a socket with the thread that serves it, or a thread alone, and how it does in words.

A row is a fact as it was at one look; it knows neither sockets nor pages.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What a row is about."""

    LISTENER = "listener"
    CLIENT = "client"
    THREAD = "thread"


class Verdict(StrEnum):
    """How a row does, in words for the board."""

    WAITS = "waits"  # as it should, for the next thing to happen
    WORKS = "works"
    QUIET = "quiet"  # no thread is seen at it, and nothing is left undone
    SPINS = "SPINS"  # it asks again and again, and never waits
    STUCK = "stuck sending"  # to somebody who does not read
    HELD_UP = "held up"  # it should let people in, and waits for somebody instead
    GOODBYE = "has said goodbye"  # and the server still has the socket
    DOES_NOT_READ = "does not read"  # what it must hear piles up
    NOT_HEARD = "is not heard"  # what it said lies unread
    NOT_LET_IN = "not let in yet"  # connected by the kernel, but no accept has returned it


TROUBLES = frozenset(Verdict) - {Verdict.WAITS, Verdict.WORKS, Verdict.QUIET}


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a count is None where it cannot be known, and a queue's counts are bytes."""

    who: str  # a person, or an address; of a thread, its name
    part: Part
    state: str = ""  # of TCP
    call: str = ""  # that its thread waits in: accept, recv, send, lock, select, sleep
    where: str = ""  # the server's own line, as in "naive.py:32"
    recv_rate: float | None = None  # calls a second
    unread: int | None = None  # arrived, and not read by the server
    unsent: int | None = None  # in the kernel's send queue
    outbox: int | None = None  # in the server's own queue
    verdict: Verdict = Verdict.QUIET
    whom: str = ""  # who it is stuck with
    core: float | None = None  # how much of a processor core its thread uses, 0 to 1
    is_named: bool = True  # `who` is the same in every run

    @property
    def is_passing(self) -> bool:
        """Whether its thread waits in no call, though nothing is wrong with it."""
        return self.core is not None and not self.call and self.verdict not in TROUBLES

    @property
    def words(self) -> str:
        """The verdict, and about whom."""
        between = {Verdict.STUCK: " to ", Verdict.HELD_UP: " by "}.get(self.verdict, "")
        return f"{self.verdict}{between}{self.whom}" if between and self.whom else str(self.verdict)

    @property
    def socket(self) -> str:
        """How its socket stands, or that it has none."""
        return "(a thread)" if self.part is Part.THREAD else self.state

    @property
    def thread(self) -> str:
        """The call and the line where its thread stands."""
        return f"{self.call} {self.where}".strip()


def plain_thread(name: str) -> str:
    """Return a thread's name without what differs from run to run."""
    inner = re.fullmatch(r"Thread-\d+ \((.+)\)", name)
    name = inner[1] if inner else name.removeprefix("chatkit ")
    return re.sub(r"[-_ ]*\d+", "", re.sub(r" of \S.*\d.*", "", name)) or "thread"
