"""Some stop reading, and the others go on talking: what does that cost the others, and the server's memory?

First everybody reads, then the sleepers do not; both are measured at one server, one after the other. The
rate is that of the talkers among themselves; a sleeper is cut once its socket says so, which asks for that.
"""

from __future__ import annotations

import select
import socket
import time

from chatkit.bench import machine
from chatkit.bench.load.crowd import Crowd, Member, Stuck
from chatkit.bench.load.talking import Loop
from chatkit.bench.load.telling import Told, percentile

BUFFER = 1 << 16  # bytes that the kernel keeps for a sleeper
SLICE = 0.05  # seconds between two looks at the server's memory
UNTIL_CUT = 15.0  # seconds
ENOUGH = 1 << 30  # bytes of growth; then it is clear that nothing bounds it


def stalled(crowd: Crowd, pid: int, clients: int, sleepers: int, warm_up: float, seconds: float) -> Told:
    """Have the last `sleepers` of `clients` stop reading; the others talk all the time."""
    crowd.join(clients - sleepers)
    crowd.join(sleepers, buffer=BUFFER)
    crowd.begin()
    talkers, asleep = crowd.members[:-sleepers], crowd.members[-sleepers:]
    loop = Loop(crowd, len(talkers))
    loop.begin()
    loop.run_for(warm_up)
    awake = _Phase(loop, talkers, pid)
    loop.run_for(seconds)
    awake.end()
    night = _Night(crowd, pid, asleep)
    start, phase, trouble = machine.now(pid), _Phase(loop, talkers, pid), ""
    try:
        _sleep(loop, night, phase, seconds)
    except Stuck as error:
        phase.end()
        trouble = f"with {sleepers} asleep, {error}"
    figures = {
        "rate": phase.rate,
        "rate_awake": awake.rate,
        "cpu": phase.cpu,
        "cpu_awake": awake.cpu,
        "kept": phase.rate / awake.rate if awake.rate else 0.0,
        "turn_p99": phase.p99,
        "turn_p99_awake": awake.p99,
        "slower": phase.p99 / awake.p99 if awake.p99 else 0.0,
        "growth": float(night.growth),
        "cut": float(night.cut),
        "sleepers": float(sleepers),
    }
    span = machine.between(start, machine.now(pid))
    trouble = trouble or loop.drained()
    return Told(figures, span, crowd.faults(), trouble)


def _sleep(loop: Loop, night: _Night, phase: _Phase, seconds: float) -> None:
    """Go round for `seconds`, and on until all sleepers are cut or that is hopeless."""
    begin = time.monotonic()
    while time.monotonic() < begin + seconds or not loop.turns:
        loop.run_for(SLICE)
        night.look()
    phase.end()
    while time.monotonic() < begin + UNTIL_CUT and not night.over:
        loop.run_for(SLICE)
        night.look()


class _Phase:
    """What the talkers hear among themselves from now on, until `end`."""

    def __init__(self, loop: Loop, talkers: list[Member], pid: int) -> None:
        self._loop, self._talkers, self._pid = loop, talkers, pid
        self._heard, self._began = self._sum(), machine.now(pid)
        self.rate = self.p99 = self.cpu = 0.0
        loop.turns.clear()

    def end(self) -> None:
        """Set `rate`, deliveries a second, `cpu`, seconds a million, and `p99`, of a turn, in seconds."""
        span, heard = machine.between(self._began, machine.now(self._pid)), self._sum() - self._heard
        self.rate = heard / span.seconds
        self.cpu = (span.server or 0.0) / heard * 1e6 if heard else 0.0
        self.p99 = percentile(self._loop.turns or [0.0], 99)

    def _sum(self) -> int:
        return sum(member.ear.heard for member in self._talkers)


class _Night:
    """The sleepers, from now on: how far the server's memory grows, and how many of them have been cut."""

    def __init__(self, crowd: Crowd, pid: int, asleep: list[Member]) -> None:
        self._pid = pid
        self._before = machine.memory_of(pid) or 0
        self.growth = self.cut = 0
        self._left = len(asleep)
        self._poll = select.poll()
        for member in asleep:
            member.listens = False
            crowd.selector.unregister(member.sock)
            _ask_every_second(member.sock)
            self._poll.register(member.sock, 0)  # an end or an error is told all the same

    @property
    def over(self) -> bool:
        """Whether there is nothing more to wait for."""
        return not self._left or self.growth > ENOUGH

    def look(self) -> None:
        """See who has been cut, and how much memory the server holds."""
        self.growth = max(self.growth, (machine.memory_of(self._pid) or 0) - self._before)
        for descriptor, _event in self._poll.poll(0):
            self._poll.unregister(descriptor)
            self.cut += 1
            self._left -= 1


def _ask_every_second(sock: socket.socket) -> None:
    """Have the kernel ask whether the other end is still there: a keepalive (RFC 9293, section 3.8.4).

    A reset that lies beyond what a full buffer has taken is not heard, nor sent again.
    """
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option in {"TCP_KEEPIDLE", "TCP_KEEPINTVL"} & vars(socket).keys():  # as far as this platform has them
        sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), 1)
