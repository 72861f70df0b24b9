"""`chatkit check`: the words of the command line, what they choose, and the exit status.

0: no promise was broken; 1: one was; 2: there was nothing to judge. Report on standard output, all else on
standard error.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from chatkit.check.export import as_json, as_junit
from chatkit.check.judging import command_venue, parse_address
from chatkit.check.outcome import Outcome, Report
from chatkit.check.process import START_WITHIN
from chatkit.check.promise import PROMISES, CannotRun, Level
from chatkit.check.report import ending, outcome_lines, wants_colour
from chatkit.check.rooms import Running, Venue
from chatkit.check.runner import chosen, judge

WARNING = "warning: hostile promises run against this room; do not let people use it meanwhile"
EXAMPLES = """examples:
  chatkit check 127.0.0.1:55555
  chatkit check -- python3 my_server.py {port}
  chatkit check --level spec -- node chat.js {port}
  chatkit check --only a_reset_is_told_once -- ./chat {port}
"""


def add_parser(subparsers: Any) -> None:
    """Add the command `check` to the subparsers of an argparse parser; its `run` returns the exit status."""
    parser = subparsers.add_parser(
        "check",
        help="judge a chat server, in any language, by its socket",
        description="Judge a chat server by its socket: how does it bear people who talk, leave, misbehave?",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("server", nargs="*", help="HOST:PORT, or after --: a command with {port} in it")
    parser.add_argument(
        "--level", choices=list(Level), default=Level.STURDY, help="how much is asked (sturdy)"
    )
    parser.add_argument("--only", default="", metavar="NAME[,NAME]", help="judge these promises only")
    parser.add_argument("--list", action="store_true", help="list all promises, and judge nothing")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--junit", metavar="FILE", help="write the report as JUnit XML into FILE as well")
    parser.add_argument("--patience", type=float, default=1.0, metavar="X", help="stretch every deadline (1)")
    parser.add_argument("--start-within", type=float, default=START_WITHIN, metavar="SECONDS", help="(10)")
    parser.add_argument(
        "--yes-i-run-it", action="store_true", help="judge a server that is not on this machine"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do what the command line asks for, and return the exit status."""
    if arguments.list:
        return _list()
    try:
        return _judge(arguments)
    except CannotRun as error:
        print(f"chatkit check: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("chatkit check: interrupted", file=sys.stderr)
        return 2


def _judge(arguments: argparse.Namespace) -> int:
    if not arguments.patience > 0:
        raise CannotRun("patience must be more than 0")
    promises = chosen(Level(arguments.level), filter(None, arguments.only.split(",")))
    where = _venue(arguments)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a background shell's gift, which servers inherit
        signal.signal(signal.SIGINT, signal.default_int_handler)
    show = _tell_progress if arguments.json else _print_outcome
    report = judge(where, promises, patience=arguments.patience, watch=show)
    if arguments.junit:
        _write(Path(arguments.junit), as_junit(report))
    if arguments.json:
        print(as_json(report))
    else:
        _print_ending(report)
    return 0 if report.ok else 1


def _venue(arguments: argparse.Namespace) -> Venue:
    words = arguments.server
    if len(words) == 1 and "{port}" in words[0]:
        words = shlex.split(words[0])
    if not words:
        raise CannotRun("what shall be judged? Give HOST:PORT, or -- and a command with {port} in it")
    if len(words) > 1 or "{port}" in words[0]:
        return command_venue(words, arguments.start_within * arguments.patience)
    host, port = parse_address(words[0])
    if not arguments.yes_i_run_it and not _is_loopback(host):
        raise CannotRun(f"{host} is not this machine; if the server there is yours, add --yes-i-run-it")
    print(WARNING, file=sys.stderr)
    return Running(host, port)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotRun(f"cannot write {path}: {error.strerror}") from error


def _print_outcome(outcome: Outcome) -> None:
    for line in outcome_lines(outcome, coloured=wants_colour(sys.stdout)):
        print(line, flush=True)


def _tell_progress(outcome: Outcome) -> None:
    print(f"{outcome.verdict}: {outcome.name}", file=sys.stderr)


def _print_ending(report: Report) -> None:
    print("", *ending(report), sep="\n")


def _list() -> int:
    for level in Level:
        print(f"{level}:")
        for promise in PROMISES.values():
            if promise.level is level:
                print(f"  {promise.name}\n      {promise.sentence}")
    return 0
