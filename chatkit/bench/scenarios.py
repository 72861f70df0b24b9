"""What is measured: each scenario is a play for the load, with its figures, and who it is played with by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

SIZE = 64  # bytes a line, with its newline


@dataclass(frozen=True)
class Scenario:
    """One play of the load: `lines` lines of `size` bytes make a batch; the options are the play's own."""

    name: str
    play: str
    options: Mapping[str, Any]
    lines: int = 1
    size: int = SIZE
    unit: str = "deliveries a second"
    contestants: tuple[str, ...] = ()  # empty: all
    quick: Mapping[str, Any] = field(default_factory=dict)

    def quickly(self) -> Scenario:
        """Return the same in its short form."""
        return replace(self, options={**self.options, **self.quick})


TIMES = {"warm_up": 0.5, "seconds": 1.5}
QUICK = {"warm_up": 0.1, "seconds": 0.4}

_ALL = [
    Scenario(f"all-to-all {clients}", "all-to-all", {"clients": clients, **TIMES}, lines=16, quick=QUICK)
    for clients in (50, 200)
]
SCENARIOS: Mapping[str, Scenario] = {each.name: each for each in _ALL}
