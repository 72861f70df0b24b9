"""Two plays by the metronome: how long a line takes on a calm day, and when half of the room dies at once."""

from __future__ import annotations

import socket
import struct
import time

from chatkit.bench import machine
from chatkit.bench.load.crowd import Crowd, Member
from chatkit.bench.load.metronome import Metronome
from chatkit.bench.load.telling import Told, percentile

RESET = struct.pack("ii", 1, 0)
TIMED = 10  # listeners, from the first who came to the last
DRAIN = 20.0  # seconds for what is under way at the end


def latency(crowd: Crowd, pid: int, clients: int, rate: int, warm_up: float, seconds: float) -> Told:
    """Have `clients` say `rate` lines a second in all; tell the delays in seconds."""
    crowd.join(clients)
    crowd.begin()
    metronome = Metronome(crowd, clients, 1 / rate, crowd.members[:: max(1, clients // TIMED)])
    metronome.run_for(warm_up)
    start, since = machine.now(pid), time.time()
    metronome.run_for(seconds)
    span = machine.between(start, machine.now(pid))
    trouble = _drain(crowd, metronome)
    delays = [delay for due, delay in metronome.delays if due >= since] or [0.0]
    figures = {
        "p50": percentile(delays, 50),
        "p99": percentile(delays, 99),
        "longest": max(delays),
        "load_late_p99": percentile(metronome.late, 99),
        "deliveries": float(len(delays)),
    }
    return Told(figures, span, crowd.faults(), trouble)


def resets(
    crowd: Crowd, pid: int, clients: int, dying: int, rate: int, warm_up: float, seconds: float
) -> Told:
    """Have one speak `rate` lines a second, and `dying` of `clients` reset their connections at once."""
    crowd.join(clients, at_once=50)
    crowd.begin()
    living = crowd.members[:-dying]
    metronome = Metronome(crowd, 1, 1 / rate, living[1 :: max(1, len(living) // TIMED)])
    metronome.run_for(warm_up)
    gone = crowd.members[-dying:]
    owed = _Owed(crowd, pid, gone)
    start, since = machine.now(pid), time.time()
    for member in gone:
        crowd.drop(member)
        member.listens = False
        member.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        member.sock.close()
    metronome.run_for(seconds)
    span = machine.between(start, machine.now(pid))
    trouble = _drain(crowd, metronome, owed)
    longest = max((delay for due, delay in metronome.delays if due >= since - 1), default=0.0)
    told = [member.ear.notices for member in living]
    twice = float(sum(len(lines) - len(set(lines)) for lines in told))
    figures = {"longest": longest, "told_twice": twice, **owed.figures()}
    return Told(figures, span, crowd.faults(), trouble)


class _Owed:
    """What a server owes once these have gone: a notice to everybody else, their descriptors and threads."""

    def __init__(self, crowd: Crowd, pid: int, gone: list[Member]) -> None:
        self._names = {member.name for member in gone}
        self._others = [member for member in crowd.members if member not in gone]
        self._pid, self._held = pid, machine.holds(pid)
        self._threads = len(gone) if self._held.threads > len(crowd.members) else 0

    def __bool__(self) -> bool:
        return max(self.figures().values()) > 0

    def figures(self) -> dict[str, float]:
        """Return how much of it is still owed."""
        left = machine.holds(self._pid)
        told = [{line.split(b" ")[1] for line in member.ear.notices} for member in self._others]
        return {
            "untold": float(sum(len(self._names - names) for names in told)),
            "descriptors_leaked": float(left.descriptors - self._held.descriptors + len(self._names)),
            "threads_leaked": float(left.threads - self._held.threads + self._threads),
        }


def _drain(crowd: Crowd, metronome: Metronome, owed: _Owed | None = None) -> str:
    """Hear what is under way, until nothing is owed; return what is wrong if not all that was said comes."""
    end = time.monotonic() + DRAIN
    while (crowd.lacking() or owed) and time.monotonic() < end:
        metronome.listen(patience=0.1)
    metronome.close()
    return "" if not crowd.lacking() else f"not everything had come {DRAIN:g} seconds after the end"
