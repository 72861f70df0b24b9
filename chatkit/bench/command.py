"""`chatkit bench`: the words of the command line, what they choose, and the exit status."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from chatkit.bench.contestants import CONTESTANTS
from chatkit.bench.report import table
from chatkit.bench.runner import measure_all, plan
from chatkit.bench.scenarios import SCENARIOS


def add_parser(subparsers: Any) -> None:
    """Add the command `bench` to the subparsers of an argparse parser; its `run` returns the exit status."""
    parser = subparsers.add_parser("bench", help="measure how fast the server is, beside others")
    parser.add_argument("--only", default="", metavar="SCENARIO", help="these scenarios only")
    parser.add_argument("--peers", default="", metavar="LIST", help="these servers only, by comma")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="how often; the median counts (3)")
    parser.add_argument("--quick", action="store_true", help="a short form, for a first look")
    parser.add_argument("--lines", type=int, metavar="N", help="lines in a batch")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asks for, and return the exit status."""
    from dataclasses import replace

    scenarios = [each for name, each in SCENARIOS.items() if any(name == w or name.startswith(w + "-") or not w for w in options.only.split(","))]
    if options.quick:
        scenarios = [each.quickly() for each in scenarios]
    if options.lines:
        scenarios = [replace(each, lines=options.lines) for each in scenarios]
    chosen = [CONTESTANTS[name] for name in options.peers.split(",") if name] or list(CONTESTANTS.values())
    found = measure_all(
        plan(scenarios, chosen, options.repeat),
        lambda s, c, n, of: print(f"{n}/{of} {s.name}: {c.name}", file=sys.stderr),
    )
    print(table(found))
    return 0
