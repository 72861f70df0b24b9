"""One direction of a connection: what is read at one end is passed on at the other, in order and in time.

It reads only as long as it holds little, so that a receiver that does not read brings the sender to a stop.
What becomes of what is read is the pipe's rule (`rules`), which an ending changes (`link`).
"""

from collections import deque
from dataclasses import dataclass
from time import monotonic

from chatkit.lab.end import SIZE, End
from chatkit.lab.events import EventLog, Kind, Way
from chatkit.lab.faults import Faults
from chatkit.lab.rules import PASSES, Deed

MOST = 100  # pieces held
PATIENCE = 1.0  # seconds that an RST waits for a receiver that takes nothing
LOOK_AGAIN = 0.005  # seconds, until then
NEVER = float("-inf")  # and not 0, when the machine was started


@dataclass(slots=True)
class Piece:
    """Bytes or a goodbye on the way, and the number of its event in the log."""

    kind: Kind
    number: int
    since: float
    data: memoryview


class Pipe:
    """Carry what `source` says to `target`."""

    def __init__(
        self, source: End, target: End, log: EventLog, person: str, way: Way, faults: Faults
    ) -> None:
        self.source, self.target = source, target
        self.log, self.person, self.way, self.faults = log, person, way, faults
        self.rule = PASSES
        self._pieces: deque[Piece] = deque()
        self._held = 0  # bytes
        self._opened: float | None = None  # when the first of what is to be glued came
        self._moved = self._sliced = NEVER  # when anything was passed on, and when a slice was
        self._noted: Kind | None = None  # the goodbye of the source that has been dealt with

    # Reading

    @property
    def has_room(self) -> bool:
        """Say whether it may read."""
        return not self.faults.frozen and self._held < SIZE and len(self._pieces) < MOST

    def wants(self) -> bool:
        """Say whether it waits for something to read."""
        glueing = self._opened is not None
        return not self.source.closed and self.source.heard is None and self.has_room and not glueing

    def take(self, now: float) -> None:
        """Read once, if it is time to; all there is, if the sender is gone and cannot be held back."""
        if self.source.hung_up:
            self.take_all(now)
        elif self.source.ready and self.has_room and not self._is_gathering(now):
            self._opened = None
            self._deal(self.source.read(self._room()), now)

    def take_all(self, now: float) -> None:
        """Read all there is, however much is held already: no more than the kernel holds."""
        self._opened = None
        for data in self.source.read_all():
            self._deal(data, now)
        self._deal(b"", now)

    def say(self, kind: Kind, now: float, data: bytes | memoryview = b"") -> None:
        """Put something on its way."""
        number = self.log.sent(kind, self.person, self.way, bytes(data))
        self._pieces.append(Piece(kind, number, now, memoryview(data)))
        self._held += len(data)

    def say_goodbye(self, goodbye: Kind, now: float) -> None:
        """Put a goodbye on its way, unless the target has had it, or has had an RST."""
        said = {piece.kind for piece in self._pieces} | {self.target.told}
        if not self.target.closed and not said & {goodbye, Kind.RST}:
            self.say(goodbye, now)

    def lose_all(self) -> None:
        """Lose what is on its way."""
        for piece in self._pieces:
            self.log.lost(piece.number)
        self._pieces.clear()
        self._held = 0

    def _room(self) -> int:
        size = self.faults.size
        return min(SIZE - self._held, size * (MOST - len(self._pieces)) if size else SIZE)

    def _is_gathering(self, now: float) -> bool:
        if self._opened is None and self.faults.glue:
            self._opened = now
        return self._opened is not None and now < self._opened + self.faults.glue

    def _deal(self, data: bytes, now: float) -> None:
        """Do by the rule with what was read, and with a goodbye that was heard in doing so."""
        whole = memoryview(data)
        size = self.faults.size or SIZE
        for start in range(0, len(data), size):
            self._do(self.rule.data, Kind.BYTES, now, whole[start : start + size])
        if self._noted is not self.source.heard and (goodbye := self.source.heard):
            self._noted = goodbye
            self._do(self.rule.fin if goodbye is Kind.FIN else self.rule.rst, goodbye, now)

    def _do(self, deed: Deed, kind: Kind, now: float, data: bytes | memoryview = b"") -> None:
        if deed is Deed.PASS:
            return self.say(kind, now, data)
        if deed is Deed.IGNORE:
            return
        number = self.log.sent(kind, self.person, self.way, bytes(data))
        if deed is Deed.ARRIVE:
            return self.log.arrived(number, at_once=True)
        self.log.lost(number)
        if deed is Deed.REFUSE and self.source.told is Kind.FIN and not self.source.closed:
            if self.way is Way.TO_CLIENT:  # what the client is told is the wire's word, not the server's
                self.log.happened(Kind.RST, self.person, Way.TO_SERVER)
            self.source.reset()

    # Passing on

    def pass_on(self, now: float) -> None:
        """Pass on all that is due and that the target takes."""
        if self.target.closed:
            self.lose_all()
        if self._is_stuck(now):
            self._make_way()
        while self._pieces and self._is_due(now) and self._arrives(self._pieces[0], now):
            self._pieces.popleft()
            self._moved = now
            self._sliced = monotonic() if self.faults.size else NEVER  # `now` may be long ago
            if self.target.closed:  # that was its second goodbye: what was to follow it finds nobody
                self.lose_all()

    def due(self, now: float) -> float | None:
        """Return when there will be something to do even if nothing happens; None if never."""
        times = []
        if self._opened is not None and self.has_room and not self.source.closed:
            times.append(self._opened + self.faults.glue)
        if self._pieces and not self.faults.frozen and (self._ends_in_reset or not self.target.blocked):
            times.append(max(self._due(), now + LOOK_AGAIN if self._due() <= now else 0.0))
        return min(times, default=None)

    def _due(self) -> float:
        pause = self._sliced + self.faults.pause if self.faults.size else NEVER
        return max(self._pieces[0].since + self.faults.delay, pause)

    def _is_due(self, now: float) -> bool:
        return not self.faults.frozen and self._due() <= now

    def _arrives(self, piece: Piece, now: float) -> bool:
        """Pass on a piece, and write it down before anybody who has read it can look into the log."""
        with self.log.undivided():
            if passes := self._passes(piece, now):
                self.log.arrived(piece.number, piece.since == now)  # else it was held
        return passes

    def _passes(self, piece: Piece, now: float) -> bool:
        """Give a piece to the target; say whether all of it was taken."""
        if piece.kind is Kind.FIN:
            self.target.finish()
        elif piece.kind is Kind.RST:
            return self._resets(piece, now)
        elif not self.target.blocked and piece.data:
            taken = self.target.write(piece.data)
            self._moved = now if taken else self._moved
            self._held -= taken
            piece.data = piece.data[taken:]
        return not piece.data

    def _resets(self, piece: Piece, now: float) -> bool:
        """Send an RST once the bytes before it have left."""
        if self.target.unsent() and not self._has_waited(now):
            return False
        self.target.reset()
        return True

    @property
    def _ends_in_reset(self) -> bool:
        return bool(self._pieces) and self._pieces[-1].kind is Kind.RST

    def _has_waited(self, now: float) -> bool:
        return now > max(self._moved, self._pieces[-1].since) + PATIENCE

    def _is_stuck(self, now: float) -> bool:
        """Say whether an RST waits in vain for a target that takes nothing."""
        waits = self.target.blocked and self._ends_in_reset and not self.faults.frozen
        return waits and self._has_waited(now)

    def _make_way(self) -> None:
        """Lose what an RST has waited for; it would have overtaken that on a direct connection too."""
        reset = self._pieces.pop()
        self.lose_all()
        self._pieces.append(reset)
