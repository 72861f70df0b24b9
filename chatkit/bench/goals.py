"""What chatkit wants to reach, as a table: every goal is one figure of one engine, alone or beside a peer's.

A ratio of rates is taken from the servers' CPU seconds where a server was held back by something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chatkit.bench.summary import Summary, ratio

MIB = 1 << 20
OUTBOX = 8 * MIB  # chatkit's limit of what may wait for one client


@dataclass(frozen=True)
class Goal:
    """One figure of an engine in a scenario, or its ratio to that of `peer`: `value` at least, or at most."""

    engine: str
    scenario: str
    figure: str
    at_least: bool
    value: float
    peer: str = ""
    tried_for: bool = False

    def measured(self, found: Mapping[tuple[str, str], Summary]) -> tuple[float | None, bool]:
        """Return what was measured, None if it was not; and whether CPU seconds decided."""
        ours = found.get((self.scenario, self.engine))
        if not self.peer or ours is None:
            return (ours.figures.get(self.figure) if ours else None), False
        theirs = found.get((self.scenario, self.peer))
        return ratio(ours, theirs, self.figure) if theirs else (None, False)

    def is_met(self, measured: float) -> bool:
        """Say whether what was measured is good enough."""
        return measured >= self.value if self.at_least else measured <= self.value


def _rates(engine: str, scenario: str, **times: float) -> list[Goal]:
    return [
        Goal(engine, scenario, "rate", True, value, peer.replace("_", " ")) for peer, value in times.items()
    ]


def _same_for_both(engine: str) -> list[Goal]:
    """Return the goals that do not depend on how an engine waits."""
    calm = [
        goal
        for scenario in ("one-stalled", "100-stalled")
        for goal in (
            Goal(engine, scenario, "kept", True, 0.9),
            Goal(engine, scenario, "slower", False, 2.0),
            Goal(engine, scenario, "growth", False, OUTBOX + 48 * MIB),
            Goal(engine, scenario, "uncut", False, 0),
        )
    ]
    return [
        *calm,
        Goal(engine, "resets", "wrong", False, 0),
        Goal(engine, "resets", "untold", False, 0),
        Goal(engine, "resets", "longest", False, 1.0, "asyncio by line"),
        Goal(engine, "resets", "descriptors_leaked", False, 0),
        Goal(engine, "resets", "threads_leaked", False, 0),
        Goal(engine, "joins-5000", "wrong", False, 0),
    ]


GOALS = [
    *_rates("selectors", "all-to-all-200", asyncio_by_line=80, asyncio_by_chunk=5, ncat=2.4, ngircd=4),
    *_rates("selectors", "all-to-all-200", inspircd=2.5),
    *_rates("selectors", "all-to-all-50", asyncio_by_line=34, asyncio_by_chunk=1.3, ncat=1.4, inspircd=1.2),
    *_rates("selectors", "all-to-all-50", ngircd=2),
    *_rates("selectors", "1-to-100", asyncio_by_line=45),
    *_rates("selectors", "1-to-1000", asyncio_by_line=18),
    Goal("selectors", "latency", "p50", False, 1.25, "asyncio by line"),
    Goal("selectors", "latency", "p99", False, 1.5, "asyncio by line"),
    Goal("selectors", "latency", "p50", False, 1 / 20, "ncat"),
    *_same_for_both("selectors"),
    Goal("selectors", "joins-5000", "rate", True, 1.2, "asyncio by line"),
    Goal("selectors", "memory", "bytes", False, 1.5 * 1024),
    *_rates("threads", "all-to-all-200", asyncio_by_line=42, ncat=1.2),
    Goal("threads", "all-to-all-200", "rate", True, 0.6, "selectors", tried_for=True),
    *_rates("threads", "all-to-all-50", asyncio_by_line=18, ncat=0.8),
    *_rates("threads", "1-to-100", selectors=0.9),
    *_rates("threads", "1-to-1000", selectors=0.9),
    Goal("threads", "latency", "p50", False, 2.0, "asyncio by line"),
    *_same_for_both("threads"),
    Goal("threads", "joins-1000", "rate", True, 3000),
    Goal("threads", "memory", "bytes", False, 24 * 1024),
]
