"""What `chatkit serve` is told of a history, as words of a command line; `chatkit history` shares some."""

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING

from chatkit.cli.answers import WrongAnswer

if TYPE_CHECKING:
    from chatkit.history import History
    from chatkit.history.retention import Retention

CONSENT = ("tell", "ask")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a server that remembers."""
    group = parser.add_argument_group("history", "Without --history, nothing that is said is kept.")
    group.add_argument(
        "--history", metavar="FILE", help="remember what is said in this file, and tell everybody so"
    )
    group.add_argument(
        "--history-consent",
        choices=CONSENT,
        help="tell: who does not want it says /record off (the default); ask: who wants it says /record on",
    )
    group.add_argument("--replay", metavar="N", help="tell newcomers the last N lines (20)")
    group.add_argument(
        "--durable", action="store_true", help="keep every line through a power cut too; slower"
    )
    add_retention(group)


def add_retention(parser: argparse._ActionsContainer) -> None:
    """Add what says how long lines are kept."""
    parser.add_argument("--keep", metavar="AGE", help="remove lines that are older: 12h, 30d, 8w")
    parser.add_argument("--keep-lines", metavar="N", help="remove all but the last N lines")


def to_history(options: argparse.Namespace) -> "History | None":
    """Return the history that was asked for, if any; raise `WrongAnswer`."""
    if options.history is None:
        _need_no_history(options)
        return None
    from chatkit.history import History  # not before it is needed: others start without SQLite

    retention = to_retention(options)
    return History(
        options.history,
        replay=20 if options.replay is None else to_count(options.replay, "lines", least=0),
        asks=options.history_consent == "ask",
        durable=options.durable,
        keep=retention.age,
        keep_lines=retention.lines,
    )


def to_retention(options: argparse.Namespace) -> "Retention":
    """Return how long lines are to be kept; raise `WrongAnswer`."""
    from chatkit.history.retention import Retention

    return Retention(
        _age(options.keep) if options.keep is not None else None,
        to_count(options.keep_lines, "lines") if options.keep_lines is not None else None,
    )


def to_count(text: str, of_what: str, *, least: int = 1) -> int:
    """Return the number that `text` is, `least` or more; raise `WrongAnswer`."""
    is_number = text.isascii() and text.isdigit() and len(text) <= 10  # Python refuses thousands of digits
    if not (is_number and least <= int(text) < 1 << 31):
        raise WrongAnswer(f"how many {of_what} must be a number from {least} on, not {text[:40]!r}")
    return int(text)


def _age(text: str) -> timedelta:
    from chatkit.history.times import to_age

    try:
        return to_age(text)
    except ValueError as error:
        raise WrongAnswer(str(error)) from error


def _need_no_history(options: argparse.Namespace) -> None:
    for name in ("history_consent", "replay", "durable", "keep", "keep_lines"):
        if getattr(options, name):
            raise WrongAnswer(f"--{name.replace('_', '-')} is about a history: say --history FILE too")
