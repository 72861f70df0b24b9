"""The command `chatkit tap`: stand between two programs, pass everything on, and print what passes.

It knows the command's words and its end. What a line of it looks like is the tape's (`tape`), and what passes
is the wire's, which writes it into its log whether or not anybody reads here.
"""

import argparse
import select
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatkit.cli.answers import WrongAnswer, no_more, read_address, to_port
from chatkit.cli.bell import Bell
from chatkit.cli.tape import Tape
from chatkit.errors import ChatError
from chatkit.server import HOST, PORT

if TYPE_CHECKING:
    from chatkit.lab.wire import Wire

TICK = 0.05  # seconds between two looks into the log
DRAWN = 500  # events in a picture, the newest
EXAMPLES = """examples:
  chatkit tap 127.0.0.1:55555               shows what a chat server is told
  chatkit tap 55555 --listen 5000           connect to port 5000 to be seen
  chatkit tap example.org:80 --svg web.svg  draws it too, at the end

Each line has the seconds since the start, whose connection it is, which way
it went, and what: the bytes in quotes, one pair for each line or part of one,
or FIN, or RST. --> is to the server, <-- is to the client.

Only this machine can connect to it. Ctrl-C or SIGTERM ends it.

exit status: 0 ended by a signal or because nobody reads its output, 1 it
failed, 2 wrong use, or it could not listen there; 128 and the signal's
number, if its reader has stopped, for which a signal waits 10 seconds"""


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add the command `tap`."""
    parser = subparsers.add_parser(
        "tap",
        help="relay between two programs, and show what passes",
        usage="%(prog)s HOST:PORT [options]",
        description="Relay to a server, and print every chunk, FIN and RST as it passes.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("words", nargs="*", metavar="HOST:PORT", help=f"the server ({HOST}:{PORT})")
    parser.add_argument(
        "--listen", default="0", metavar="PORT", help="where to connect to it (any free port)"
    )
    parser.add_argument("--svg", type=Path, metavar="FILE", help="at the end, draw what has passed")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Relay until a signal says stop; raise `WrongAnswer`, `ChatError`."""
    host, port, rest = read_address(options.words)
    no_more(rest)
    if options.svg and not options.svg.parent.is_dir():
        raise WrongAnswer(f"there is no folder {str(options.svg.parent)!r} to write a picture into")
    from chatkit.lab.wire import Wire  # not before it is needed: the other commands start without it

    wire = Wire((host or HOST, PORT if port is None else port), port=to_port(options.listen))
    draw = partial(_draw, wire, options.svg) if options.svg else str
    bell = Bell(draw)  # it is drawn, too, if it ends while it still writes to somebody who reads no more
    with bell.rung_by_signals():
        with suppress(BrokenPipeError):  # nobody reads any more, as after `| head`
            _tap(wire, bell)
        if drawn := draw():
            with suppress(OSError):
                print(drawn, flush=True)
    return 0


def _tap(wire: "Wire", bell: Bell) -> None:
    tape = Tape(wire.log)
    try:
        with wire:
            tape.write(f"connect to {_words(wire.address)} instead of {_words(wire.server)}")
            while not bell.is_asked_to_end:
                select.select([bell], [], [], TICK)
                tape.write_new()
        tape.write_rest()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ChatError(f"cannot write what passes: {error.strerror}") from error


def _words(address: tuple[str, int]) -> str:
    return f"{address[0]} port {address[1]}"


def _draw(wire: "Wire", file: Path) -> str:
    """Draw what has passed, and say so; raise `ChatError`."""
    from chatkit.lab.diagram import diagram

    events = wire.log.events
    try:
        diagram(events, times=True, last=DRAWN).save(file)
    except OSError as error:
        raise ChatError(f"cannot write {str(file)!r}: {error.strerror}") from error
    drawn = min(len(events), DRAWN)
    return f"drew {drawn} event{'' if drawn == 1 else 's'} in {str(file)!r}"
