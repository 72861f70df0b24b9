"""What one look at a server finds: its sockets, the threads that work for it, and how far each has come.

Facts only: numbers that rise as long as a thread lives. What they mean is for the judge, who compares two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from chatkit.check.measure import Hunger
from chatkit.lab.kernel import Peer, Socket
from chatkit.lab.places import Place


class Work(NamedTuple):
    """How often a thread has begun to read from one socket, got nothing at once, and got an error."""

    reads: int = 0
    empty: int = 0
    failed: int = 0

    def since(self, before: "Work") -> "Work":
        """Return what has come since `before`."""
        return Work(*(now - then for now, then in zip(self, before, strict=True)))


@dataclass(frozen=True, slots=True)
class Worker:
    """A thread that works for a server; `home` is the client that it serves, if it serves one alone."""

    number: int  # the system's for this thread
    name: str
    home: Peer | None = None
    listens: bool = False  # it lets people in
    place: Place = Place()  # noqa: RUF009 - a tuple
    loops: bool = False  # it goes on reading from a client who has said goodbye
    on: Peer | None = None  # the client that its present call is about
    calls: int = 0  # of send and accept
    accepts: int = 0
    done: int = 0  # calls that were not in vain, on sockets that are gone too
    work: Mapping[Peer, Work] = field(default_factory=dict)
    hunger: Hunger = Hunger()  # noqa: RUF009 - a tuple

    @property
    def total(self) -> Work:
        """What it has read from all its clients together."""
        return Work(*map(sum, zip(*self.work.values(), strict=True))) if self.work else Work()


@dataclass(frozen=True, slots=True)
class Seen:
    """One look; `inside` says that the server lives in this process."""

    at: float = 0.0  # seconds
    inside: bool = True
    sockets: tuple[Socket, ...] = ()
    workers: tuple[Worker, ...] = ()
    outboxes: Mapping[Peer, int] = field(default_factory=dict)  # bytes
    names: Mapping[int, str] = field(default_factory=dict)  # by the peer's port
    hungry: frozenset[int] = frozenset()  # threads that had run for nothing since the look before

    def who(self, peer: Peer) -> str:
        """Return a person's name, or the address if nobody knows it."""
        return self.names.get(peer[1], f"{peer[0]}:{peer[1]}")
