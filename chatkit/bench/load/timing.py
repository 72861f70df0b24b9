"""Two plays by the metronome: how long a line takes on a calm day, and when half of the room dies at once."""

from __future__ import annotations

import socket
import struct
import time

from chatkit.bench import machine
from chatkit.bench.load.crowd import Crowd
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
    held = machine.holds(pid)
    start, since = machine.now(pid), time.time()
    gone = crowd.members[-dying:]
    for member in gone:
        crowd.drop(member)
        member.listens = False
        member.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        member.sock.close()
    metronome.run_for(seconds)
    span = machine.between(start, machine.now(pid))
    trouble = _drain(crowd, metronome)
    names = {member.name for member in gone}
    told = [member.ear.notices for member in crowd.members if member.listens]
    left = machine.holds(pid)
    figures = {
        "longest": max((delay for due, delay in metronome.delays if due >= since - 1), default=0.0),
        "untold": float(sum(len(names - {line.split(b" ")[1] for line in lines}) for lines in told)),
        "told_twice": float(sum(len(lines) - len(set(lines)) for lines in told)),
        "descriptors_leaked": float(left.descriptors - held.descriptors + dying),
        "threads_leaked": float(left.threads - held.threads + (dying if held.threads > clients else 0)),
    }
    return Told(figures, span, crowd.faults(), trouble)


def _drain(crowd: Crowd, metronome: Metronome) -> str:
    """Hear what is under way; return what is wrong if not all of it comes."""
    end = time.monotonic() + DRAIN
    while crowd.lacking() and time.monotonic() < end:
        metronome.listen(patience=0.1)
    metronome.close()
    return "" if not crowd.lacking() else f"not everything had come {DRAIN:g} seconds after the end"
