"""`chatkit check`: the words of the command line, what they choose, and the exit status.

0: no promise was broken; 1: one was; 2: there was nothing to judge. Report on standard output, all else on
standard error.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from chatkit.check import museum
from chatkit.check.export import as_json, as_junit, grades_as_junit
from chatkit.check.grading import grade_all, write_csv, write_texts
from chatkit.check.interrupting import interruptible
from chatkit.check.judging import command_venue, parse_address
from chatkit.check.outcome import Outcome, Report
from chatkit.check.process import START_WITHIN
from chatkit.check.promise import PROMISES, CannotRun, Level, Promise
from chatkit.check.report import ending, outcome_lines, wants_colour
from chatkit.check.rooms import Running, Venue
from chatkit.check.runner import chosen, judge

WARNING = "warning: hostile promises run against this room; do not let people use it meanwhile"
EXAMPLES = """examples:
  chatkit check 127.0.0.1:55555
  chatkit check -- python3 my_server.py {port}
  chatkit check --level spec -- node chat.js {port}
  chatkit check --only a_reset_is_told_once -- ./chat {port}
  chatkit check --each handed-in --csv grades.csv -- python3 {file} {port}
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
    parser.add_argument("--museum", action="store_true", help="judge the specimens (those named, or all)")
    parser.add_argument("--list", action="store_true", help="list all promises, and judge nothing")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--junit", metavar="FILE", help="write the report as JUnit XML into FILE as well")
    parser.add_argument(
        "--each", metavar="FOLDER", help="grade each entry of a folder: {file} in the command"
    )
    parser.add_argument("--csv", metavar="FILE", help="with --each: write a row for each entry into FILE")
    parser.add_argument("--reports", metavar="FOLDER", help="with --each: write each report as a text there")
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
        with interruptible():
            return museum.show(arguments.server) if arguments.museum else _judge(arguments)
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
    if not arguments.each and (arguments.csv or arguments.reports):
        raise CannotRun("--csv and --reports go with --each FOLDER")
    where = None if arguments.each else _venue(arguments)
    if where is None:
        return _grade(arguments, promises)
    show = _tell_progress if arguments.json else _print_outcome
    report = judge(where, promises, patience=arguments.patience, watch=show)
    if arguments.junit:
        _write(lambda: Path(arguments.junit).write_text(as_junit(report), encoding="utf-8"))
    if arguments.json:
        print(as_json(report))
    else:
        _print_ending(report)
    return 0 if report.ok else 1


def _grade(arguments: argparse.Namespace, promises: list[Promise]) -> int:
    """Judge a whole folder; whatever it finds, it says so in the files asked for."""
    found = grade_all(
        Path(arguments.each),
        _words(arguments),
        promises,
        patience=arguments.patience,
        start_within=arguments.start_within * arguments.patience,
        told=lambda line: print(line, flush=True),
    )
    grades = list(found)
    if arguments.csv:
        _write(lambda: write_csv(grades, Path(arguments.csv)))
    if arguments.junit:
        _write(lambda: Path(arguments.junit).write_text(grades_as_junit(grades), encoding="utf-8"))
    if arguments.reports:
        _write(lambda: write_texts(grades, Path(arguments.reports)))
    return 0 if all(grade.result == "kept" for grade in grades) else 1


def _words(arguments: argparse.Namespace) -> list[str]:
    words: list[str] = arguments.server
    return shlex.split(words[0]) if len(words) == 1 and "{port}" in words[0] else words


def _venue(arguments: argparse.Namespace) -> Venue:
    words = _words(arguments)
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


def _write(work: Callable[[], object]) -> None:
    try:
        work()
    except OSError as error:
        raise CannotRun(f"cannot write {error.filename}: {error.strerror}") from error


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
