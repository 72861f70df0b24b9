"""The results as text: for each scenario a table of figures and ratios, then the goals, then what to mind.

A ratio says how many times as good an engine is as the server of that row; above 1, the engine is ahead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chatkit.bench.goals import Goal
from chatkit.bench.results import Results, Verdict, machine_words
from chatkit.bench.scenarios import OURS, SCENARIOS, Scenario
from chatkit.bench.summary import MORE_IS_BETTER, SATURATED, Summary, ratio


class Column(NamedTuple):
    """A figure, how it is called, what it is multiplied by, and its format."""

    figure: str
    title: str
    scale: float = 1.0
    form: str = ",.0f"


_RATE = [Column("rate", "deliveries/s"), Column("cpu", "CPU s/million", 1, ".3f")]
COLUMNS = {
    "all to all": _RATE,
    "one to many": _RATE,
    "latency": [
        Column("p50", "p50 ms", 1e3, ".3f"),
        Column("p99", "p99 ms", 1e3, ".3f"),
        Column("load_late_p99", "load late ms", 1e3, ".3f"),
    ],
    "stalled": [
        Column("rate", "deliveries/s"),
        Column("kept", "of none stalled", 1, ".2f"),
        Column("slower", "p99, times", 1, ".2f"),
        Column("cpu_awake", "CPU s/million", 1, ".3f"),
        Column("cpu", "and stalled", 1, ".3f"),
        Column("growth", "grew MiB", 1 / (1 << 20), ".1f"),
        Column("cut", "cut"),
    ],
    "joins": [Column("rate", "joins/s")],
    "idle": [Column("bytes", "KiB a client", 1 / 1024, ".2f")],
    "resets": [
        Column("longest", "pause ms", 1e3, ",.0f"),
        Column("untold", "untold"),
        Column("descriptors_leaked", "fds left"),
        Column("threads_leaked", "threads left"),
    ],
}


def text(results: Results) -> str:
    """Return all of it."""
    blocks = [scenario_table(results, scenario) for scenario in results.scenarios]
    if results.verdicts and results.comparable:
        blocks.append("\n".join(["goals", *map(goal_line, results.verdicts)]))
    blocks.append("\n".join(notes(results)))
    return "\n\n".join(blocks)


def scenario_table(results: Results, scenario: Scenario) -> str:
    """Return the rows of one scenario under its sentence."""
    rows = [
        ["", *(column.title for column in COLUMNS[scenario.play]), *OURS, "wrong", "server", "load", "others"]
    ]
    there = [each for (name, _), each in results.summaries.items() if name == scenario.name]
    rows += [row(results, scenario, each) for each in there]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [f"{scenario.name}: {scenario.sentence}"]
    for cells in rows:
        padded = [cells[0].ljust(widths[0]), *map(str.rjust, cells[1:], widths[1:])]
        lines.append("  " + "  ".join(padded).rstrip())
    lines += [f"  {each.contestant}: {each.trouble}" for each in there if each.trouble]
    return "\n".join(lines)


def row(results: Results, scenario: Scenario, summary: Summary) -> list[str]:
    """Return the cells of one server."""
    figures = [shown(column, summary.figures.get(column.figure)) for column in COLUMNS[scenario.play]]
    busy = [f"{summary.busy[who]:.2f}" if who in summary.busy else "-" for who in ("server", "own", "others")]
    times = [lead(results, scenario, engine, summary) for engine in OURS]
    return [summary.contestant, *figures, *times, str(summary.wrong), *busy]


def lead(results: Results, scenario: Scenario, engine: str, summary: Summary) -> str:
    """Return how many times as good as this server an engine is; `c` says that CPU seconds decided."""
    ours = results.summaries.get((scenario.name, engine))
    if ours is None or engine == summary.contestant or scenario.figure == "kept":
        return "-"
    value, by_cpu = ratio(ours, summary, scenario.figure)
    if not value:
        return "-"
    value = value if scenario.figure in MORE_IS_BETTER else 1 / value
    return f"{value:.{2 if value < 10 else 0}f}x{'c' if by_cpu else ''}"


def shown(column: Column, value: float | None) -> str:
    """Return one figure as a reader wants it."""
    return "-" if value is None else format(value * column.scale, column.form)


def goal_line(verdict: Verdict) -> str:
    """Return one goal beside what was measured."""
    goal = verdict.goal
    measured = "-" if verdict.measured is None else _amount(goal, verdict.measured)
    how = " by CPU" if verdict.by_cpu else ""
    word = verdict.word + (" (tried for)" if goal.tried_for else "")
    return f"  {word:13} {goal.engine:10} {goal.scenario:15} {goal_words(goal):38} measured {measured}{how}"


def goal_words(goal: Goal) -> str:
    """Return what a goal asks for."""
    what = _column(goal).title
    sign = ">=" if goal.at_least else "<="
    amount = _amount(goal, goal.value)
    return f"{what} {sign} {amount} {goal.peer}" if goal.peer else f"{what} {sign} {amount}"


def notes(results: Results) -> Iterator[str]:
    """Yield what a reader must know to judge the figures."""
    others = [each.busy["others"] for each in results.summaries.values() if "others" in each.busy]
    stolen = [each.busy["stolen"] for each in results.summaries.values() if "stolen" in each.busy]
    yield f"measured on {machine_words()}; 'server', 'load' and 'others' are busy cores"
    if others:
        yield f"other programs kept {_middle(others):.2f} cores busy, at most {max(others):.2f}" + (
            f"; the host took {max(stolen):.2f} at most" if stolen else ""
        )
    if any(_held(each) for each in results.summaries.values()):
        yield f"c: one of the two servers used less than {SATURATED} of a core in a closed loop, so the load"
        yield "   or other programs were its limit; CPU seconds a delivery are compared there, not rates"
    if results.missing:
        yield "not installed: " + ", ".join(results.missing)
    if not results.comparable:
        yield "a short form: good for a look, not for the goals"


def _held(summary: Summary) -> bool:
    return "cpu" in summary.figures and "turn_p50" in summary.figures and summary.held_back


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _amount(goal: Goal, value: float) -> str:
    if goal.peer:
        return f"{value:.3g}x"
    return shown(_column(goal), value)


def _column(goal: Goal) -> Column:
    columns = COLUMNS[SCENARIOS[goal.scenario].play]
    return next((each for each in columns if each.figure == goal.figure), Column(goal.figure, goal.figure))
