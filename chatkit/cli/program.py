"""The program `chatkit`: every way out is an exit status, and every failure one sentence on standard error.

What the commands do stands in files of their own: each adds its parser, and a function `run` that returns
the exit status.
"""

import argparse
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from typing import Any, NoReturn

import chatkit
from chatkit.cli import exercises, history, join, serve, tap
from chatkit.cli.answers import WrongAnswer
from chatkit.cli.rows import as_shown
from chatkit.errors import CannotListen, ChatError

FAILED, WRONG_USE = 1, 2
INTERRUPTED = 128 + signal.SIGINT  # as shells have it
EPILOG = """examples:
  chatkit serve                       run a chat server here
  chatkit join                        join a chat; it asks where, and as whom
  chatkit join 127.0.0.1 55555 ada    join as ada
  printf 'hello\\n' | chatkit join 127.0.0.1 55555 bot
  chatkit check -- python3 my_server.py {port}
  chatkit tap 127.0.0.1:55555         stand in between, and show what passes
  chatkit history chat.db             read what a room remembers
in a bare clone, say python3 -m chatkit instead of chatkit

exit status: 0 good, 1 the conversation failed (name refused, server gone),
2 wrong use, or it could not start"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        """End the program with status 2."""
        self.exit(WRONG_USE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command, by default that of the command line; return the exit status."""
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except (WrongAnswer, CannotListen) as error:
        return _fail(str(error), WRONG_USE)
    except ChatError as error:
        return _fail(str(error), FAILED)
    except BrokenPipeError:  # nobody reads any more, as after `| head`
        return FAILED
    except KeyboardInterrupt:  # before there was anything to end in good order
        return INTERRUPTED
    finally:
        _flush()


def _run(argv: list[str]) -> int:
    parser, commands = _parsers(argv[0] if argv else "")
    if argv and not argv[0].startswith("-") and argv[0] not in commands:
        parser.error(f"there is no command {argv[0]!r}{_nearest(argv[0], list(commands))}")
    options, extra = parser.parse_known_args(argv)
    _take(extra, options, commands.get(options.command, parser))
    if not options.command:
        parser.print_help(sys.stderr)
        return WRONG_USE
    return int(options.run(options))


def _parsers(command: str) -> tuple[Parser, dict[str, Parser]]:
    """Return the parser of everything, and those of the commands as far as `command` may need them."""
    parser = Parser(
        prog="chatkit",
        usage="chatkit COMMAND [options]",
        description="A small, sturdy chat over TCP.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"chatkit {chatkit.__version__}")
    commands: Any = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", prog="chatkit")
    serve.add_parser(commands)
    join.add_parser(commands)
    tap.add_parser(commands)
    history.add_parser(commands)
    exercises.add_parser(commands)
    if command not in commands.choices:  # to import the check takes as long as all the rest
        from chatkit.check.command import add_parser

        add_parser(commands)
        exercises.extend_check(commands.choices["check"])
        from chatkit.bench.command import add_parser as add_bench

        add_bench(commands)
    return parser, commands.choices


def _take(extra: list[str], options: argparse.Namespace, parser: Parser) -> None:
    """Take the words that argparse left over: those after an option may still be a port or a name."""
    unknown = [word for word in extra if word.startswith("-")]
    if unknown:
        parser.error(f"there is no option {unknown[0]}{_instead(unknown[0], parser.format_help())}")
    if extra and "words" not in options:
        parser.error(f"{extra[0]!r} is one word too many")
    options.words = [*getattr(options, "words", []), *extra]


def _instead(option: str, usage: str) -> str:
    if re.fullmatch(r"--(host|port)(=.*)?|-p", option) and "HOST PORT" in usage:
        return "; say the host and the port without it, as in 127.0.0.1 55555"
    return _nearest(option, re.findall(r"--[\w-]+", usage))


def _nearest(word: str, known: list[str]) -> str:
    match = get_close_matches(word, known, n=1)
    return f"; did you mean {match[0]}?" if match else ""


def _fail(sentence: str, status: int) -> int:
    if sys.stderr:
        with suppress(OSError):
            print(as_shown(f"chatkit: {sentence}", sys.stderr), file=sys.stderr, flush=True)
    return status


def _flush() -> None:
    """Write out what is buffered now: at the exit, a closed pipe would become a traceback."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
