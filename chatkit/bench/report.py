"""What was measured, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from chatkit.bench.runner import Measurement


def table(found: Sequence[Measurement]) -> str:
    """Return a table: one row a scenario and contestant, medians."""
    rows = []
    for key in dict.fromkeys((each.scenario, each.contestant) for each in found):
        those = [each for each in found if (each.scenario, each.contestant) == key]
        figures = {
            name: median(each.figures[name] for each in those if name in each.figures)
            for name in those[0].figures
        }
        words = " ".join(f"{name} {value:.4g}" for name, value in figures.items())
        busy = ""
        if span := those[-1].span:
            busy = " ".join(
                f"{who} {(span[who] or 0) / span['seconds']:.2f}"
                for who in ("server", "own", "others", "stolen")
            )
        wrong = {kind: count for each in those for kind, count in each.faults.items() if count}
        rows.append(f"{key[0]:15} {key[1]:17} {words} | {busy} {wrong or ''} {those[-1].trouble}")
    return "\n".join(rows)
