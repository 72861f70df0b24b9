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
        good = [each for each in those if each.raw["span"]]
        if not good:
            rows.append(f"{key[0]:16} {key[1]:18} {those[0].raw['trouble']}")
            continue
        rate = median(each.rate for each in good)
        cpu = median(each.cpu or 0 for each in good)
        busy = [
            median((each.raw["span"][who] or 0) / each.raw["span"]["seconds"] for each in good)
            for who in ("server", "own", "others", "stolen")
        ]
        wrong = {kind: count for each in good for kind, count in each.raw["faults"].items() if count}
        rows.append(
            f"{key[0]:16} {key[1]:18} {rate / 1e6:8.3f} M/s  {cpu:7.4f} cpu s/M   server {busy[0]:.2f} load {busy[1]:.2f} others {busy[2]:.2f} steal {busy[3]:.2f}  {wrong or ''} {good[0].raw['trouble']}"
        )
    return "\n".join(rows)
