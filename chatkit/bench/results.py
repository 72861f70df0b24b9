"""What a run of the bench has found, whole: it prints itself, draws itself, and writes itself down."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chatkit.bench.goals import GOALS, Goal
from chatkit.bench.runner import Measurement
from chatkit.bench.scenarios import OURS, Scenario
from chatkit.bench.summary import Summary, summarize

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Verdict:
    """A goal beside what was measured; None if it was not."""

    goal: Goal
    measured: float | None
    by_cpu: bool

    @property
    def word(self) -> str:
        """Met, not met, or not measured."""
        if self.measured is None:
            return "not measured"
        return "met" if self.goal.is_met(self.measured) else "not met"


@dataclass(frozen=True)
class Results:
    """All measurements of one run, their scenarios, and who would have taken part if installed."""

    measurements: Sequence[Measurement]
    scenarios: Sequence[Scenario]
    missing: Sequence[str] = ()
    comparable: bool = True  # played in full, as the goals mean it

    @cached_property
    def summaries(self) -> Mapping[tuple[str, str], Summary]:
        """One summary for each scenario and contestant."""
        return summarize(self.measurements)

    @property
    def verdicts(self) -> list[Verdict]:
        """The goals of the scenarios that were played, beside what was measured."""
        played = {scenario.name for scenario in self.scenarios}
        return [
            Verdict(goal, *goal.measured(self.summaries))
            for goal in GOALS
            if goal.scenario in played and goal.engine in {name for _, name in self.summaries}
        ]

    @property
    def good(self) -> bool:
        """Whether our own servers brought every line right, and no goal is missed, tried-for ones apart."""
        ours = [each for (_, name), each in self.summaries.items() if name in OURS]
        missed = [each for each in self.verdicts if each.word == "not met" and not each.goal.tried_for]
        return not missed and not any(each.wrong or each.trouble for each in ours)

    def as_json(self) -> str:
        """Return everything as JSON."""
        whole: dict[str, Any] = {
            "machine": machine_words(),
            "missing": list(self.missing),
            "comparable": self.comparable,
            "scenarios": [asdict(scenario) for scenario in self.scenarios],
            "summaries": [asdict(summary) for summary in self.summaries.values()],
            "goals": [
                {**asdict(each.goal), "measured": each.measured, "by_cpu": each.by_cpu, "verdict": each.word}
                for each in self.verdicts
            ],
            "measurements": [asdict(measurement) for measurement in self.measurements],
        }
        return json.dumps(whole, indent=1)

    def figure(self) -> Figure:
        """Return a matplotlib figure; raise `CannotRun` if there is no matplotlib."""
        from chatkit.bench.plot import draw

        return draw(self)

    def __str__(self) -> str:
        from chatkit.bench.report import text

        return text(self)

    def _repr_html_(self) -> str:
        from chatkit.bench.page import html

        return html(self)


def machine_words() -> str:
    """Return in words what this was measured on."""
    return f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}"
