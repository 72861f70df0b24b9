"""One measurement is a fresh server, a fresh load, and what the load tells; a run is many, interleaved.

All contestants are measured once, then all again: whatever else the machine does meanwhile meets all of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from chatkit.bench.contestants import CONTESTANTS, Contestant
from chatkit.bench.scenarios import Scenario
from chatkit.check.promise import CannotRun

TAKES = 90.0  # seconds that one measurement may take at most

Watch = Callable[[str, str, int], None]


@dataclass
class Measurement:
    """What one server did in one scenario, once: figures by name, and what was wrong, in words."""

    scenario: str
    contestant: str
    raw: dict[str, Any]

    @property
    def rate(self) -> float:
        """Deliveries a second."""
        return float(self.raw["deliveries"] / self.raw["span"]["seconds"]) if self.raw["deliveries"] else 0.0

    @property
    def cpu(self) -> float | None:
        """The server's CPU seconds for a million deliveries."""
        spent = self.raw["span"]["server"]
        return spent / self.raw["deliveries"] * 1e6 if spent and self.raw["deliveries"] else None


def measure(scenario: Scenario, contestant: Contestant) -> Measurement:
    """Measure one server in one scenario; a server that cannot start is told of, and is no error."""
    try:
        with contestant.serving() as (port, process):
            return Measurement(
                scenario.name, contestant.name, play(scenario, contestant.dialect, port, process.pid)
            )
    except CannotRun as error:
        return Measurement(
            scenario.name, contestant.name, {"deliveries": 0, "span": None, "trouble": str(error)}
        )


def play(scenario: Scenario, dialect: str, port: int, pid: int) -> dict[str, Any]:
    """Put the load of a scenario on the server at `port`, in a process of its own; return what it tells."""
    task = {
        "play": scenario.play,
        "dialect": dialect,
        "lines": scenario.lines,
        "size": scenario.size,
        "port": port,
        "pid": pid,
        "options": dict(scenario.options),
    }
    words = [sys.executable, "-m", "chatkit.bench.load"]
    try:
        done = subprocess.run(words, input=json.dumps(task), capture_output=True, text=True, timeout=TAKES)
    except subprocess.TimeoutExpired:
        raise CannotRun(f"the load was not done within {TAKES:g} seconds") from None
    if done.returncode:
        raise CannotRun(f"the load failed: {done.stderr.strip().splitlines()[-1:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def run_all(
    scenarios: Iterable[Scenario], contestants: Iterable[Contestant], repeat: int, watch: Watch
) -> list[Measurement]:
    """Measure everything `repeat` times, interleaved."""
    found = []
    contestants = [each for each in contestants if each.installed]
    for scenario in scenarios:
        for turn in range(repeat):
            for contestant in contestants:
                if not scenario.contestants or contestant.name in scenario.contestants:
                    watch(scenario.name, contestant.name, turn)
                    found.append(measure(scenario, contestant))
    return found
