"""The command `chatkit history`: read what a room remembers, whether it is open or not.

It knows the command's words; what a history is, and how it is read and written out, is `chatkit.history`'s.
It never writes to the file.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chatkit.cli.answers import WrongAnswer, to_name
from chatkit.errors import ChatError

if TYPE_CHECKING:
    from chatkit.history import Line

EXAMPLES = """examples:
  chatkit history chat.db                     all of it
  chatkit history chat.db search plug "good night"    lines with both; goo* too
  chatkit history chat.db --by ada --since 2h
  chatkit history chat.db --since 2026-11-22 --until 2026-11-23
  chatkit history chat.db --html > chat.html
  chatkit history chat.db --stats             who said how much

Times are local: 2026-11-22, '2026-11-22 12:01', or 45m, 2h, 30d, 2w ago. JSON
and CSV are in UTC. Who wants to be removed from it says /forget in the room.

exit status: 0 good, also if nothing was found, 1 it cannot be read, 2 wrong use"""


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add the command `history`."""
    parser = subparsers.add_parser(
        "history",
        help="read what a room remembers",
        usage="%(prog)s FILE [search WORD ...] [options]",
        description="Read the file that `chatkit serve --history FILE` keeps, while it runs or later.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("words", nargs="*", metavar="FILE", help="the file, then perhaps: search WORD ...")
    parser.add_argument(
        "--by", action="append", default=[], metavar="NAME", help="by this person; may come twice"
    )
    parser.add_argument("--since", metavar="TIME", help="from then on")
    parser.add_argument("--until", metavar="TIME", help="before then; a day counts in full")
    parser.add_argument("--last", metavar="N", help="only the last N lines")
    form = parser.add_mutually_exclusive_group()
    for name, words in _FORMS.items():
        form.add_argument(f"--{name}", dest="form", action="store_const", const=name, help=words)
    parser.set_defaults(run=run, form="text")


_FORMS = {
    "text": "lines of text, as it does by itself",
    "json": "one JSON object a line",
    "csv": "a table for a spreadsheet",
    "html": "a page for a browser",
    "stats": "only who said how much, and when",
}


def run(options: argparse.Namespace) -> int:
    """Write what was asked for to standard output; raise `WrongAnswer`, `ChatError`."""
    if not options.words:
        raise WrongAnswer("which history? say its file, such as chatkit history chat.db")
    file, *rest = options.words
    wanted: dict[str, Any] = {
        "by": [to_name(name) for name in options.by],
        "since": _moment(options.since),
        "until": _moment(options.until, end=True),
        "words": _words(rest),
        "last": to_count(options.last, "lines") if options.last else None,
    }
    from chatkit.history import Archive  # not before it is needed: other commands start without SQLite

    with Archive(file) as archive:
        _write(_form(options.form)(archive.lines(**wanted)))
    return 0


def to_count(text: str, of_what: str) -> int:
    """Return the number above 0 that `text` is; raise `WrongAnswer`."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1 << 31):
        raise WrongAnswer(f"how many {of_what} must be a number above 0, not {text!r}")
    return int(text)


def _words(rest: list[str]) -> list[str]:
    if rest and rest[0] != "search":
        raise WrongAnswer(f"after the file comes the word search, or nothing, not {rest[0]!r}")
    if rest and not rest[1:]:
        raise WrongAnswer("search for which word?")
    return rest[1:]


def _moment(text: str | None, *, end: bool = False) -> datetime | None:
    from chatkit.history.times import to_moment

    try:
        return to_moment(text, end=end) if text else None
    except ValueError as error:
        raise WrongAnswer(str(error)) from error


def _form(name: str) -> "Callable[[Iterable[Line]], Iterable[str]]":
    from chatkit.history import stats, transcripts

    return {
        "text": transcripts.as_text,
        "json": transcripts.as_json,
        "csv": transcripts.as_csv,
        "html": transcripts.as_html,
        "stats": stats.as_table,
    }[name]


def _write(pieces: Iterable[str]) -> None:
    if hasattr(sys.stdout, "reconfigure"):  # a terminal that cannot show a letter gets its number
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        for piece in pieces:
            print(piece)
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads any more, as after `| head`
        pass
    except OSError as error:
        raise ChatError(f"cannot write the history out: {error.strerror}") from error
