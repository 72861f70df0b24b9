"""One measurement is a fresh server, a fresh load, and what the load tells; a run is many, interleaved.

All contestants are measured once, then all again: whatever else the machine does meanwhile meets all of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from chatkit.bench.contestants import Contestant
from chatkit.bench.scenarios import Scenario
from chatkit.check.promise import CannotRun

TAKES = 180.0  # seconds that one measurement may take at most


@dataclass(frozen=True)
class Measurement:
    """What one server did in one scenario, once.

    `figures` are numbers by name; `span` is CPU and wall time in seconds; `faults` are wrong lines by kind;
    `trouble` is empty, or a sentence.
    """

    scenario: str
    contestant: str
    figures: dict[str, float]
    span: dict[str, float | None] | None
    faults: dict[str, int]
    trouble: str

    @property
    def wrong(self) -> int:
        """How many lines were lost, doubled, disordered, altered or echoed."""
        return sum(self.faults.values())


Watch = Callable[[Scenario, Contestant, int, int], None]  # what comes next, how much is done, and of how much


def measure(scenario: Scenario, contestant: Contestant) -> Measurement:
    """Measure one server in one scenario; a server that cannot start is told of, and is no error."""
    try:
        with contestant.serving() as (port, process):
            told = play(scenario, contestant, port, process.pid)
    except CannotRun as error:
        told = {"figures": {}, "span": None, "faults": {}, "trouble": str(error)}
    figures, span = told["figures"], told["span"]
    if span and span["server"] and figures.get("deliveries"):
        figures["cpu"] = span["server"] / figures["deliveries"] * 1e6
    return Measurement(scenario.name, contestant.name, **told)


def play(scenario: Scenario, contestant: Contestant, port: int, pid: int) -> dict[str, Any]:
    """Put a load on the server at `port`, from a process of its own; return what that tells."""
    task = {
        "play": scenario.play,
        "dialect": contestant.dialect,
        "at_once": contestant.at_once,
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
        raise CannotRun(f"it was not over after {TAKES:g} seconds") from None
    if done.returncode:
        raise CannotRun(f"the load failed: {done.stderr.strip().splitlines()[-1]}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def plan(
    scenarios: Iterable[Scenario], contestants: Iterable[Contestant], repeat: int
) -> Iterator[tuple[Scenario, Contestant]]:
    """Yield what is to be measured, in its order: everybody once, then everybody again."""
    present = [each for each in contestants if each.installed]
    for scenario in scenarios:
        for _ in range(min(repeat, scenario.repeat)):
            for contestant in present:
                if not scenario.contestants or contestant.name in scenario.contestants:
                    yield scenario, contestant


def measure_all(steps: Iterable[tuple[Scenario, Contestant]], watch: Watch) -> list[Measurement]:
    """Measure all that is planned, and tell `watch` before each step."""
    found: list[Measurement] = []
    for scenario, contestant in (every_step := list(steps)):
        watch(scenario, contestant, len(found), len(every_step))
        found.append(measure(scenario, contestant))
    return found
