"""The results as a picture: for each scenario a bar a server; growth is drawn as lines.

matplotlib is imported here and nowhere else, and only when somebody asks for a picture.
"""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from chatkit.bench.report import COLUMNS
from chatkit.bench.results import Results
from chatkit.bench.scenarios import OURS, Scenario
from chatkit.check.promise import CannotRun

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OURS_COLOUR, THEIR_COLOUR = "#0b6e4f", "#9aa5b1"
GROWTH = {"clients": "clients, 64-byte lines", "size": "bytes a line, 50 clients"}


def draw(results: Results) -> Figure:
    """Return a figure of everything; raise `CannotRun` if there is no matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise CannotRun("a picture needs matplotlib: install it, or leave the picture out") from None
    growth = {scenario.grows for scenario in results.scenarios} - {""}
    bars = [scenario for scenario in results.scenarios if not scenario.grows]
    count = max(1, len(bars) + len(growth))
    figure = Figure(figsize=(8, 2.6 * count), layout="constrained")
    axes = list(figure.subplots(count, 1, squeeze=False)[:, 0])
    for scenario, axis in zip(bars, axes, strict=False):
        _bars(axis, results, scenario)
    for grows, axis in zip(sorted(growth), axes[len(bars) :], strict=False):
        _lines(axis, results, grows)
    return figure


def _bars(axis: Axes, results: Results, scenario: Scenario) -> None:
    """Draw the figure that is compared; a logarithmic axis, for some are a hundred times others."""
    column = next(each for each in COLUMNS[scenario.play] if each.figure == scenario.figure)
    found = {
        name: each.figures[scenario.figure] * column.scale
        for (of, name), each in results.summaries.items()
        if of == scenario.name and each.figures.get(scenario.figure)
    }
    names = list(found)[::-1]
    colours = [OURS_COLOUR if name in OURS else THEIR_COLOUR for name in names]
    axis.barh(names, [found[name] for name in names], color=colours)
    if len(found) > 1 and max(found.values()) > 20 * min(found.values()):
        axis.set_xscale("log")
        axis.set_xlabel(f"{column.title}, each step ten times as many")
    else:
        axis.set_xlabel(column.title)
    axis.set_title(f"{scenario.name}: {scenario.sentence}", fontsize=9, loc="left")
    axis.spines[["top", "right"]].set_visible(False)


def _lines(axis: Axes, results: Results, grows: str) -> None:
    """Draw the server's CPU microseconds a delivery over what grows."""
    series = _series(results, grows)
    markers = dict(zip(dict.fromkeys(name for _, name in results.summaries), cycle("ovs^d"), strict=False))
    for name in sorted(series, key=lambda name: max(series[name])[1], reverse=True):
        colour, line = (OURS_COLOUR, "-") if name in OURS else (THEIR_COLOUR, "--")
        points = zip(*sorted(series[name]), strict=True)
        axis.plot(*points, color=colour, linestyle=line, marker=markers[name], label=name)
    _scale(axis, sorted({across for points in series.values() for across, _ in points}))
    axis.set_xlabel(GROWTH[grows])
    axis.set_title("growth: microseconds of the server's CPU for each delivery", fontsize=9, loc="left")
    axis.spines[["top", "right"]].set_visible(False)
    if series:
        axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8, frameon=False)


def _series(results: Results, grows: str) -> dict[str, list[tuple[float, float]]]:
    """Return the points of each server."""
    series: dict[str, list[tuple[float, float]]] = {}
    for scenario in results.scenarios:
        for (of, name), each in results.summaries.items():
            if scenario.grows == grows and of == scenario.name and (cpu := each.figures.get("cpu")):
                across = scenario.size if grows == "size" else scenario.options["clients"]
                series.setdefault(name, []).append((float(across), cpu))
    return series


def _scale(axis: Axes, ticks: list[float]) -> None:
    """Make both scales logarithmic, with plain numbers."""
    from matplotlib.ticker import LogLocator, NullLocator

    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xticks(ticks)
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    for scale in (axis.xaxis, axis.yaxis):
        scale.set_major_formatter("{x:,g}")
        scale.set_minor_locator(NullLocator())
