"""`chatkit bench`: the words of the command line, what they choose, and the exit status.

0: measured; 1: in a run of full length, a goal is not met or a line was wrong; 2: nothing was measured. The
table goes to standard output, the progress to standard error.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatkit.bench.results import Results

EXAMPLES = """examples:
  chatkit bench --quick                         a first look, in less than a minute
  chatkit bench --json all.json --plot all.svg  everything; takes about a quarter of an hour
  chatkit bench --only all-to-all --repeat 1
  chatkit bench --only latency --peers "selectors,asyncio by line"
  chatkit bench --growth --plot growth.svg      what a delivery costs as the room grows
"""


def add_parser(subparsers: Any) -> None:
    """Add the command `bench` to the subparsers of an argparse parser; its `run` returns the exit status."""
    parser = subparsers.add_parser(
        "bench",
        help="measure how fast the server is, beside others",
        description="Measure chatkit's engines beside other chat servers; every line is verified.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--quick", action="store_true", help="the short form of a few scenarios, each once")
    parser.add_argument("--growth", action="store_true", help="measure how the cost of a delivery grows")
    parser.add_argument("--only", default="", metavar="SCENARIO", help="these scenarios only, by comma")
    parser.add_argument("--peers", default="", metavar="LIST", help="these servers only, by comma")
    parser.add_argument("--repeat", type=_count, default=3, metavar="N", help="the median of N counts (3)")
    parser.add_argument("--json", metavar="FILE", help="write everything that was measured into FILE")
    parser.add_argument("--plot", metavar="FILE", help="draw it into FILE, .svg or .png; needs matplotlib")
    parser.add_argument("--list", action="store_true", help="list scenarios and servers; measure nothing")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asks for, and return the exit status."""
    from chatkit.check.interrupting import interruptible  # what measures is imported only when it is wanted
    from chatkit.check.promise import CannotRun

    try:
        with interruptible():
            return _list() if options.list else _bench(options)
    except CannotRun as error:
        print(f"chatkit bench: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nchatkit bench: interrupted", file=sys.stderr)
        return 2


def _bench(options: argparse.Namespace) -> int:
    from chatkit.bench.progress import Progress
    from chatkit.bench.running import choose_scenarios, choose_servers, measure_these

    scenarios = choose_scenarios(_words(options.only), options.quick, options.growth)
    servers = choose_servers(_words(options.peers), options.quick)
    if options.plot:
        _check_plot(options.plot)
    progress = Progress()
    try:
        results = measure_these(scenarios, servers, options.repeat, options.quick, progress)
    finally:
        progress.end()
    print(results)
    _write(results, options)
    return 1 if results.comparable and not results.good else 0


def _check_plot(name: str) -> None:
    """Find out before a long run, not after it, that the picture cannot be drawn."""
    from chatkit.bench.results import Results
    from chatkit.check.promise import CannotRun

    if Path(name).suffix not in (".svg", ".png"):
        raise CannotRun(f"a plot ends in .svg or .png, and {name} does not")
    Results([], []).figure()


def _write(results: Results, options: argparse.Namespace) -> None:
    from chatkit.check.promise import CannotRun

    try:
        if options.json:
            Path(options.json).write_text(results.as_json() + "\n", encoding="utf-8")
        if options.plot:
            results.figure().savefig(options.plot)
    except OSError as error:
        raise CannotRun(f"cannot write {error.filename}: {error.strerror}") from error


def _list() -> int:
    from chatkit.bench.contestants import CONTESTANTS
    from chatkit.bench.scenarios import GROWTH, SCENARIOS

    for scenario in [*SCENARIOS.values(), *GROWTH.values()]:
        print(f"{scenario.name:16} {scenario.sentence}")
    print("servers:", ", ".join(n if c.installed else f"{n} (not installed)" for n, c in CONTESTANTS.items()))
    return 0


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"how often must be a number above 0, not {text!r}")
    return int(text)
