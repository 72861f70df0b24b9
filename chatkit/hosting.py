"""What a host may ask of a room from any thread: who is here, what waits for whom, and to show somebody out.

What changes the room is left to the switchboard's thread, as an errand.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from chatkit.delivery import Delivery
from chatkit.limits import Limits
from chatkit.room import Room


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


class Hosting(Delivery):
    """Answer the host, and take errands."""

    def __init__(self, room: Room, limits: Limits) -> None:
        super().__init__(room, limits)
        self._errands: deque[Callable[[], None]] = deque()

    @property
    def names(self) -> tuple[str, ...]:
        """Who is in the room, in the order in which they joined; any thread may ask."""
        return self.room.names

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
        name, reason = str(name), str(reason)
        if self._connections:
            self._errands.append(lambda: self._kick(name, reason))
            self._engine.ring()

    def _run_errands(self) -> None:
        while self._errands:
            self._errands.popleft()()

    def _kick(self, name: str, reason: str) -> None:
        if connection := self.room.holder(name):
            self._guard(
                lambda each: self._dismiss(each, reason, f"{reason}; goodbye"), connection, connection
            )
