"""Run the bench from a program or a notebook, in one call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chatkit.bench.contestants import CONTESTANTS, Contestant
from chatkit.bench.machine import allow_descriptors
from chatkit.bench.results import Results
from chatkit.bench.runner import Watch, measure_all, plan
from chatkit.bench.scenarios import GROWTH, SCENARIOS, Scenario
from chatkit.check.promise import CannotRun

QUICK = ("threads", "selectors", "asyncio by line", "asyncio by chunk", "ncat")
SPARE = 200  # descriptors beside those of the clients


def run(
    *scenarios: str,
    servers: Sequence[str] = ("threads", "selectors", "asyncio by line"),
    repeat: int = 1,
    quick: bool = True,
    watch: Watch = lambda *step: None,
) -> Results:
    """Measure some servers in some scenarios (`all-to-all-50` if none is named); the results draw themselves.

    The short form takes about two seconds a server and scenario. Raise `CannotRun` for an unknown name.
    """
    chosen = choose_scenarios(scenarios or ("all-to-all-50",), quick)
    return measure_these(chosen, choose_servers(servers, quick), repeat, quick, watch)


def measure_these(
    scenarios: Sequence[Scenario], servers: Sequence[Contestant], repeat: int, quick: bool, watch: Watch
) -> Results:
    """Measure what has been chosen."""
    allowed = allow_descriptors()
    for scenario in scenarios:
        if (needed := scenario.clients + SPARE) > allowed:
            raise CannotRun(
                f"{scenario.name} needs {needed} open files, and this system allows {allowed}; raise "
                f"the hard limit (ulimit -Hn), or choose others with --only"
            )
    found = measure_all(plan(scenarios, servers, repeat), watch)
    missing = [each.name for each in servers if not each.installed]
    return Results(found, scenarios, missing, comparable=not quick)


def choose_scenarios(words: Iterable[str], quick: bool = False, growth: bool = False) -> list[Scenario]:
    """Return the scenarios whose names begin with one of these words, or all; raise `CannotRun`."""
    table = GROWTH if growth else SCENARIOS
    found = {name: each for name, each in table.items() if not quick or each.quick is not None}
    words = list(words)
    for word in words:
        if not any(_matches(name, word) for name in found):
            raise CannotRun(f"there is no scenario {word!r}; there are: {', '.join(found)}")
    picked = [each for name, each in found.items() if not words or any(_matches(name, w) for w in words)]
    return [each.quickly() for each in picked] if quick else picked


def choose_servers(names: Iterable[str], quick: bool = False) -> list[Contestant]:
    """Return the contestants with these names, or all; raise `CannotRun`."""
    names = list(names) or list(QUICK if quick else CONTESTANTS)
    for name in names:
        if name not in CONTESTANTS:
            raise CannotRun(f"there is no server {name!r}; there are: {', '.join(CONTESTANTS)}")
    return [CONTESTANTS[name] for name in names]


def _matches(name: str, word: str) -> bool:
    return name == word or name.startswith(word + "-")
