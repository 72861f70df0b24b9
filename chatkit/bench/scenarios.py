"""What is measured: each scenario is a play for the load, with its figures, and who takes part in it.

A batch is what one client says at once. In a closed loop at most two batches a talker are under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

SIZE = 64  # bytes a line, with its newline
OURS = ("threads", "selectors")
ASYNCIO = ("asyncio by line", "asyncio by chunk")
C_SERVERS = ("ncat", "ngircd", "inspircd")


@dataclass(frozen=True)
class Scenario:
    """One play of the load: `lines` lines of `size` bytes make a batch; the options are the play's own."""

    name: str
    form: str  # what happens, in words, with the options to be filled in
    play: str
    options: Mapping[str, Any]
    lines: int = 1
    size: int = SIZE
    figure: str = "rate"  # the one that is compared
    contestants: tuple[str, ...] = ()  # empty: all
    quick: Mapping[str, Any] | None = None  # what a short form changes; None: it has none
    repeat: int = 99  # at most
    grows: str = ""  # "clients" or "size": one point of a curve

    @property
    def sentence(self) -> str:
        """What happens, in words."""
        return self.form.format(**self.options, lines=self.lines, size=self.size)

    @property
    def clients(self) -> int:
        """How many there are at once."""
        return int(self.options["clients"])

    def quickly(self) -> Scenario:
        """Return the short form."""
        return replace(self, options={**self.options, **(self.quick or {})}, repeat=1)


_FULL = {"warm_up": 0.5, "seconds": 1.5}
_SHORT = {"warm_up": 0.1, "seconds": 0.4}

_ALL = [
    Scenario(
        "all-to-all-50",
        "{clients} clients talk, all hear all; closed loop, batches of {lines} lines",
        "all to all",
        {"clients": 50, **_FULL},
        lines=64,
        quick=_SHORT,
    ),
    Scenario(
        "all-to-all-200",
        "{clients} clients talk, all hear all; closed loop, batches of {lines} lines",
        "all to all",
        {"clients": 200, **_FULL},
        lines=16,
        contestants=(*OURS, *ASYNCIO, *C_SERVERS),
    ),
    Scenario(
        "1-to-100",
        "one client talks, {clients} listen; closed loop, at most 8 batches of {lines} lines",
        "one to many",
        {"clients": 100, **_FULL},
        lines=64,
        contestants=(*OURS, *ASYNCIO, "ncat"),
        quick=_SHORT,
    ),
    Scenario(
        "1-to-1000",
        "one client talks, {clients} listen; closed loop, at most 8 batches of {lines} lines",
        "one to many",
        {"clients": 1000, **_FULL},
        lines=64,
        contestants=(*OURS, *ASYNCIO),
    ),
    Scenario(
        "latency",
        "{clients} clients say {rate} lines a second in all; from the moment when a line was due",
        "latency",
        {"clients": 50, "rate": 1000, "warm_up": 0.5, "seconds": 2.5},
        figure="p50",
        contestants=(*OURS, "naive", *ASYNCIO, "ncat", "ngircd"),
        quick={"warm_up": 0.2, "seconds": 0.8},
    ),
    Scenario(
        "one-stalled",
        "one of {clients} stops reading while the others talk",
        "stalled",
        {"clients": 50, "sleepers": 1, "warm_up": 0.5, "seconds": 2.0},
        lines=16,
        figure="kept",
        contestants=(*OURS, "naive", "asyncio by line", "ncat"),
    ),
    Scenario(
        "100-stalled",
        "{sleepers} of {clients} stop reading while the others talk",
        "stalled",
        {"clients": 120, "sleepers": 100, "warm_up": 0.5, "seconds": 2.0},
        lines=16,
        figure="kept",
        contestants=(*OURS, "asyncio by chunk"),
    ),
    Scenario(
        "joins-1000",
        "{clients} clients come in at once",
        "joins",
        {"clients": 1000},
        contestants=(*OURS, *ASYNCIO),
        quick={"clients": 300},
    ),
    Scenario(
        "joins-5000",
        "{clients} clients come in at once",
        "joins",
        {"clients": 5000},
        contestants=(*OURS, "asyncio by line"),
        repeat=1,
    ),
    Scenario(
        "memory",
        "{clients} clients sit there and are silent: what the server's memory grows by for each",
        "idle",
        {"clients": 5000},
        figure="bytes",
        contestants=OURS,
        repeat=1,
    ),
    Scenario(
        "resets",
        "{dying} of {clients} clients reset their connections at once, while one talks",
        "resets",
        {"clients": 1000, "dying": 500, "rate": 100, "warm_up": 1.0, "seconds": 3.0},
        figure="longest",
        contestants=(*OURS, "asyncio by line"),
        quick={"clients": 100, "dying": 50, "warm_up": 0.2, "seconds": 0.8},
    ),
]
SCENARIOS: Mapping[str, Scenario] = {each.name: each for each in _ALL}


def _growing(grows: str, clients: int, size: int) -> Scenario:
    amount = clients if grows == "clients" else size
    unit = "clients" if grows == "clients" else "bytes"
    others = (*ASYNCIO, "ncat") if clients <= 300 else ("asyncio by chunk",) if clients <= 1000 else ()
    return Scenario(
        f"growth-{amount}-{unit}",
        "{talkers} of {clients} clients talk, all hear all; batches of {lines} lines of {size} bytes",
        "all to all",
        {"clients": clients, "talkers": 10, "warm_up": 0.3, "seconds": 1.0},
        lines=8,
        size=size,
        contestants=(*OURS, *others),
        quick={"warm_up": 0.1, "seconds": 0.3} if clients <= 100 else None,
        grows=grows,
    )


_GROWING = [
    *(_growing("clients", clients, SIZE) for clients in (10, 30, 100, 300, 1000, 3000)),
    *(_growing("size", 50, size) for size in (16, 64, 256, 1024, 4096)),
]
GROWTH: Mapping[str, Scenario] = {each.name: each for each in _GROWING}
