"""All measurements of a server in a scenario, made into one: the median of each figure, the sum of faults.

Where more is better and where less is, stands here, and so does what decides when a server was not the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from chatkit.bench.runner import Measurement

MORE_IS_BETTER = ("rate", "kept")
SATURATED = 0.85  # of a core: a server that is less busy in a closed loop was held back by something else


@dataclass(frozen=True)
class Summary:
    """Medians by name; `busy` is in cores: the server, the load, others, and what the host took away."""

    scenario: str
    contestant: str
    figures: dict[str, float]
    faults: dict[str, int]
    trouble: str
    busy: dict[str, float]
    times: int

    @property
    def wrong(self) -> int:
        """How many lines were wrong in any way, in all measurements together."""
        return sum(self.faults.values())

    @property
    def held_back(self) -> bool:
        """Whether the load, or others on this machine, kept the server from what it can do."""
        return "server" in self.busy and self.busy["server"] < SATURATED


def summarize(found: Sequence[Measurement]) -> dict[tuple[str, str], Summary]:
    """Return one summary for each scenario and contestant, in the order in which they were first measured."""
    groups: dict[tuple[str, str], list[Measurement]] = {}
    for each in found:
        groups.setdefault((each.scenario, each.contestant), []).append(each)
    return {key: _summary(group) for key, group in groups.items()}


def ratio(ours: Summary, theirs: Summary, figure: str) -> tuple[float | None, bool]:
    """Return our figure by theirs; and whether it is, instead, CPU seconds a delivery, theirs by ours."""
    if figure == "rate" and (ours.held_back or theirs.held_back):
        mine, other = ours.figures.get("cpu"), theirs.figures.get("cpu")
        if mine and other:
            return other / mine, True
    mine, other = ours.figures.get(figure), theirs.figures.get(figure)
    return (mine / other if mine is not None and other else None), False


def _summary(group: Sequence[Measurement]) -> Summary:
    figures = {
        name: median(each.figures[name] for each in group if name in each.figures)
        for name in dict.fromkeys(name for each in group for name in each.figures)
    }
    faults = {
        kind: sum(each.faults.get(kind, 0) for each in group)
        for kind in dict.fromkeys(kind for each in group for kind in each.faults)
    }
    if figures:
        figures["wrong"] = float(sum(faults.values()))
    if "cut" in figures:
        figures["uncut"] = max(
            each.figures["sleepers"] - each.figures["cut"] for each in group if each.figures
        )
    first = group[0]
    trouble = next((each.trouble for each in group if each.trouble), "")
    return Summary(first.scenario, first.contestant, figures, faults, trouble, _busy(group), len(group))


def _busy(group: Sequence[Measurement]) -> dict[str, float]:
    spans = [each.span for each in group if each.span]
    shares: dict[str, list[float]] = {}
    for span in spans:
        seconds = span["seconds"] or 1.0
        for who in ("server", "own", "others", "stolen"):
            if (spent := span[who]) is not None:
                shares.setdefault(who, []).append(spent / seconds)
    return {who: median(values) for who, values in shares.items()}
