"""What is measured: each scenario is a play for the load, with its figures, and who takes part in it.

A batch is what one client says at once. In a closed loop at most two batches a talker are under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

SIZE = 64  # bytes a line, with its newline
OURS = ("threads", "selectors")
ASYNCIO = ("asyncio by line", "asyncio by chunk")
C_SERVERS = ("ncat", "ngircd", "inspircd")


@dataclass(frozen=True)
class Scenario:
    """One play of the load: `lines` lines of `size` bytes make a batch; the options are the play's own."""

    name: str
    sentence: str
    play: str
    options: Mapping[str, Any]
    lines: int = 1
    size: int = SIZE
    figure: str = "rate"  # the one that is compared
    contestants: tuple[str, ...] = ()  # empty: all
    quick: Mapping[str, Any] | None = None  # what a short form changes; None: it has none
    repeat: int = 99  # at most

    def quickly(self) -> Scenario:
        """Return the short form."""
        return replace(self, options={**self.options, **(self.quick or {})}, repeat=1)


_FULL = {"warm_up": 0.5, "seconds": 1.5}
_SHORT = {"warm_up": 0.1, "seconds": 0.4}

_ALL = [
    Scenario(
        "all-to-all-50",
        "50 clients talk, all hear all; closed loop, batches of 64 lines",
        "all to all",
        {"clients": 50, **_FULL},
        lines=64,
        quick=_SHORT,
    ),
    Scenario(
        "all-to-all-200",
        "200 clients talk, all hear all; closed loop, batches of 16 lines",
        "all to all",
        {"clients": 200, **_FULL},
        lines=16,
        contestants=(*OURS, *ASYNCIO, *C_SERVERS),
    ),
    Scenario(
        "1-to-100",
        "one client talks, 100 listen; closed loop, batches of 64 lines",
        "one to many",
        {"clients": 100, **_FULL},
        lines=64,
        contestants=(*OURS, *ASYNCIO, *C_SERVERS),
        quick=_SHORT,
    ),
    Scenario(
        "1-to-1000",
        "one client talks, 1,000 listen; closed loop, batches of 64 lines",
        "one to many",
        {"clients": 1000, **_FULL},
        lines=64,
        contestants=(*OURS, *ASYNCIO),
    ),
    Scenario(
        "latency",
        "50 clients say 1,000 lines a second in all; from the moment when a line was due",
        "latency",
        {"clients": 50, "rate": 1000, "warm_up": 0.5, "seconds": 2.5},
        figure="p50",
        contestants=(*OURS, "naive", *ASYNCIO, "uvloop by line", *C_SERVERS),
        quick={"warm_up": 0.2, "seconds": 0.8},
    ),
    Scenario(
        "one-stalled",
        "one of 50 stops reading while the others talk",
        "stalled",
        {"clients": 50, "sleepers": 1, "warm_up": 0.5, "seconds": 2.0},
        lines=16,
        figure="kept",
        contestants=(*OURS, "naive", *ASYNCIO, "ncat", "ngircd"),
    ),
    Scenario(
        "100-stalled",
        "100 of 120 stop reading while the other 20 talk",
        "stalled",
        {"clients": 120, "sleepers": 100, "warm_up": 0.5, "seconds": 2.0},
        lines=16,
        figure="kept",
        contestants=(*OURS, "asyncio by chunk"),
    ),
    Scenario(
        "joins-1000",
        "1,000 clients come in at once",
        "joins",
        {"clients": 1000},
        contestants=(*OURS, *ASYNCIO),
        quick={"clients": 300},
    ),
    Scenario(
        "joins-5000",
        "5,000 clients come in at once",
        "joins",
        {"clients": 5000},
        contestants=(*OURS, "asyncio by line"),
        repeat=1,
    ),
    Scenario(
        "memory",
        "5,000 clients sit there and are silent: what the server's memory grows by for each",
        "idle",
        {"clients": 5000},
        figure="bytes",
        contestants=OURS,
        repeat=1,
    ),
    Scenario(
        "resets",
        "500 of 1,000 clients reset their connections at once, while one talks",
        "resets",
        {"clients": 1000, "dying": 500, "rate": 100, "warm_up": 1.0, "seconds": 3.0},
        figure="longest",
        contestants=(*OURS, "asyncio by line"),
        quick={"clients": 100, "dying": 50, "warm_up": 0.2, "seconds": 0.8},
    ),
]
SCENARIOS: Mapping[str, Scenario] = {each.name: each for each in _ALL}
