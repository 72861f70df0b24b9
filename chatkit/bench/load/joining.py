"""Many come in at once, or sit there and are silent: how fast are all in, and what does one of them cost?

Each must hear of everybody else exactly once: in the list of those who are there, or by a notice afterwards.
"""

from __future__ import annotations

import re
import time

from chatkit.bench import machine
from chatkit.bench.load.crowd import Crowd, Stuck
from chatkit.bench.load.ear import Faults
from chatkit.bench.load.telling import Told

NAME = re.compile(rb"u\d{4,}")
SETTLED = 0.5  # seconds in which nobody has heard anything


def joins(crowd: Crowd, pid: int, clients: int) -> Told:
    """Have all of them come in at once; the rate is that at which they have joined, as far as they have."""
    crowd.kept = {}
    start, trouble = machine.now(pid), ""
    try:
        crowd.join(clients, at_once=clients)
    except Stuck as error:
        trouble = str(error)
    span = machine.between(start, machine.now(pid))
    joined = sum(member.joined for member in crowd.members)
    figures = {"rate": joined / span.seconds, "joined": float(joined)}
    if trouble:
        return Told(figures, span, trouble=trouble)
    crowd.settle(SETTLED)
    if find_faults(crowd).lost:  # or late: a thread of a busy server gets no core for a while
        crowd.settle(crowd.patience)
    return Told(figures, span, find_faults(crowd))


def idle(crowd: Crowd, pid: int, clients: int) -> Told:
    """Have all of them come in, a few at a time, and fall silent; tell the server's memory for each."""
    before, start = machine.memory_of(pid), machine.now(pid)
    crowd.join(clients, at_once=50)
    crowd.settle(SETTLED)
    time.sleep(SETTLED)
    after = machine.memory_of(pid)
    figures = {} if before is None or after is None else {"bytes": (after - before) / clients}
    return Told(figures, machine.between(start, machine.now(pid)))


def find_faults(crowd: Crowd) -> Faults:
    """Return how often somebody was not told of somebody else, or was told twice."""
    heard = {member.name: b"".join((crowd.kept or {})[member.number]) for member in crowd.members}
    first = max(heard, key=lambda name: len(heard[name].partition(b"\n")[2]))
    notices = heard[first].partition(b"\n")[2]
    order = [first, *NAME.findall(notices)]
    starts = [0, *(found.end() for found in re.finditer(b"\n", notices))]
    faults = Faults()
    for place, name in enumerate(order[: len(heard)]):
        roster, _, later = heard.get(name, b"").partition(b"\n")
        if later != notices[starts[place] :] or not roster.endswith(b", ".join(order[:place])):
            _compare(heard[name], name, set(heard), faults)
    for name in heard.keys() - set(order):
        _compare(heard[name], name, set(heard), faults)
    return faults


def _compare(heard: bytes, own: bytes, everybody: set[bytes], faults: Faults) -> None:
    """Count what is wrong in one client's lines, whatever their order."""
    told = NAME.findall(heard)
    faults.doubled += len(told) - len(set(told))
    faults.lost += len(everybody - set(told) - {own})
    faults.echoed += own in told
