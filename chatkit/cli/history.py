"""The command `chatkit history`: read what a room remembers, whether it is open or not.

It knows the command's words; what a history is, and how it is read and written out, is `chatkit.history`'s.
To list and to search never writes to the file; to forget and to prune does, but never while a room is open.
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatkit.cli.answers import WrongAnswer, no_more, to_name
from chatkit.cli.faces import is_terminal
from chatkit.cli.keeping import add_retention, to_count, to_retention
from chatkit.cli.rows import in_rows
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
  chatkit history chat.db prune --keep 30d    remove what is older
  chatkit history chat.db forget ada          remove all that ada said

Times are local: 2026-11-22, '2026-11-22 12:01', or 45m, 2h, 30d, 2w ago. JSON
and CSV are in UTC. While the room is open, people say /forget there instead.

exit status: 0 good, also if nothing was found, 1 it cannot be read, 2 wrong use"""


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add the command `history`."""
    parser = subparsers.add_parser(
        "history",
        help="read what a room remembers",
        usage="%(prog)s FILE [search WORD ... | forget NAME | prune] [options]",
        description="Read the file that `chatkit serve --history FILE` keeps, while it runs or later.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("words", nargs="*", metavar="FILE", help="the file, then perhaps what to do with it")
    parser.add_argument(
        "--by", action="append", default=[], metavar="NAME", help="by this person; may come twice"
    )
    parser.add_argument("--since", metavar="TIME", help="from then on")
    parser.add_argument("--until", metavar="TIME", help="before then; a day counts in full")
    parser.add_argument("--last", metavar="N", help="only the last N lines")
    form = parser.add_mutually_exclusive_group()
    for name, words in _FORMS.items():
        form.add_argument(f"--{name}", dest="form", action="store_const", const=name, help=words)
    add_retention(parser)
    parser.set_defaults(run=run, form="text")


_FORMS = {
    "text": "lines of text, as it does by itself",
    "json": "one JSON object a line",
    "csv": "a table for a spreadsheet",
    "html": "a page for a browser",
    "stats": "only who said how much, and when",
}


def run(options: argparse.Namespace) -> int:
    """Do what was asked for, and write to standard output; raise `WrongAnswer`, `ChatError`."""
    if not options.words:
        raise WrongAnswer("which history? say its file, such as chatkit history chat.db")
    file, *words = options.words
    what = words.pop(0) if words else "list"
    if what not in _DEEDS:
        raise WrongAnswer(f"after the file comes search, forget, prune or nothing, not {what!r}")
    _write(_DEEDS[what](Path(file), words, options))
    return 0


def _list(file: Path, words: list[str], options: argparse.Namespace) -> Iterator[str]:
    if options.keep or options.keep_lines:
        raise WrongAnswer(
            "--keep and --keep-lines remove lines: say prune, as in chatkit history chat.db prune"
        )
    wanted: dict[str, Any] = {
        "by": [to_name(name) for name in options.by],
        "since": _moment(options.since),
        "until": _moment(options.until, end=True),
        "words": words,
        "last": to_count(options.last, "lines") if options.last is not None else None,
    }
    from chatkit.history import Archive  # not before it is needed: other commands start without SQLite

    with Archive(file) as archive:
        shown = _form(options.form)(archive.lines(**wanted))
        yield from _in_rows(shown) if options.form == "text" else shown


def _in_rows(lines: Iterable[str]) -> Iterable[str]:
    if not is_terminal(sys.stdout):
        return lines
    width = shutil.get_terminal_size().columns
    return (row for line in lines for row in in_rows(line, width))


def _search(file: Path, words: list[str], options: argparse.Namespace) -> Iterator[str]:
    if not words:
        raise WrongAnswer("search for which word?")
    return _list(file, words, options)


def _forget(file: Path, words: list[str], _options: argparse.Namespace) -> Iterator[str]:
    if not words:
        raise WrongAnswer("forget whom?")
    no_more(words[1:])
    from chatkit.history import tidy

    yield _removed(tidy.forget(file, to_name(words[0])))


def _prune(file: Path, words: list[str], options: argparse.Namespace) -> Iterator[str]:
    no_more(words)
    if not (options.keep or options.keep_lines):
        raise WrongAnswer("what is to be kept? say prune --keep 30d, or prune --keep-lines 1000")
    from chatkit.history import tidy

    yield _removed(tidy.prune(file, to_retention(options)))


_DEEDS = {"list": _list, "search": _search, "forget": _forget, "prune": _prune}


def _removed(count: int) -> str:
    return f"{count:,} line{'' if count == 1 else 's'} removed for good"


def _moment(text: str | None, *, end: bool = False) -> datetime | None:
    from chatkit.history.times import to_moment

    try:
        return None if text is None else to_moment(text, end=end)
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
        if sys.stdout:  # it may have been closed from the start
            sys.stdout.flush()
    except BrokenPipeError:  # nobody reads any more, as after `| head`
        pass
    except OSError as error:
        raise ChatError(f"cannot write the history out: {error.strerror}") from error
