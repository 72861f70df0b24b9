"""What a play tells at its end: figures, what the machine did meanwhile, and what was heard wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from chatkit.bench.load.ear import Faults
from chatkit.bench.machine import Span


@dataclass(frozen=True)
class Told:
    """The end of one play; `trouble` is empty, or a sentence why it did not come to a good end."""

    figures: dict[str, float]
    span: Span | None = None
    faults: Faults = field(default_factory=Faults)
    trouble: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the same in what JSON knows."""
        return asdict(self)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that `percent` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
