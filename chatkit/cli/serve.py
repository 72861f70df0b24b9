"""The command `chatkit serve`: run a server until a signal says stop, and say in one line what went wrong.

It knows the command's words, the signals and the exit status; who comes and goes is the log's.
"""

import argparse
import errno
import ipaddress
import logging
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from chatkit import ChatServer
from chatkit.cli import keeping, limiting
from chatkit.cli.answers import no_more, read_address
from chatkit.cli.bell import Bell
from chatkit.cli.faces import full_screen, is_screen
from chatkit.cli.ports import who_listens
from chatkit.cli.server_log import ServerLog
from chatkit.engines import ENGINES
from chatkit.errors import CannotListen, ChatError
from chatkit.server import HOST, PORT

STOP_TIME = 1.0  # seconds that clients get to take what is queued for them, so that all is over within 2
EXPOSED = "warning: anyone who can reach this machine can join, and nothing is encrypted"
EXAMPLES = """examples:
  chatkit serve              at 127.0.0.1 port 55555, for this machine alone
  chatkit serve 0.0.0.0      for everybody who can reach this machine
  chatkit serve ::1 5000     IPv6, another port; [::1]:5000 is the same
  chatkit serve 0            any free port; the first line says which
  chatkit serve --history chat.db            remembers what is said
  chatkit serve --history chat.db --history-consent ask --keep 30d

Ctrl-C or SIGTERM stops it within 2 seconds and tells every client; a second
one stops it at once.

exit status: 0 stopped by a signal, 1 the server failed, 2 wrong use, or it
could not listen there"""

log = logging.getLogger(__name__)


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add the command `serve`."""
    parser = subparsers.add_parser(
        "serve",
        help="run a chat server",
        usage="%(prog)s [HOST] [PORT] [options]",
        description="Run a chat server, and print who comes and goes.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "words", nargs="*", metavar="HOST PORT", help=f"where to listen, or HOST:PORT ({HOST} {PORT})"
    )
    parser.add_argument("--engine", choices=ENGINES, default="threads", help="how it waits for many clients")
    parser.add_argument("--ascii", action="store_true", help="refuse every line that is not plain ASCII")
    level = parser.add_mutually_exclusive_group()
    level.add_argument("--quiet", action="store_true", help="print warnings only, and the port if it was 0")
    level.add_argument("--verbose", action="store_true", help="print every connection too")
    parser.add_argument(
        "--tui", action="store_true", help="show in full screen who is here, and kick (Textual)"
    )
    keeping.add_options(parser)
    limiting.add_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM, and return the exit status; raise `CannotListen`, `WrongAnswer`."""
    host, port, rest = read_address(options.words)
    no_more(rest)
    server = ChatServer(
        host or HOST,
        PORT if port is None else port,
        engine=options.engine,
        ascii_only=options.ascii,
        limits=limiting.to_limits(options),
        history=keeping.to_history(options),
    )
    if options.tui and is_screen() and (view := full_screen("host")):
        return _serve_in_view(server, view, options)
    with ExitStack() as stack:
        with _told_plainly():
            stack.enter_context(ServerLog(_level(options)))
        return _serve(server)


def _serve_in_view(server: ChatServer, view: Any, options: argparse.Namespace) -> int:
    try:
        view.watch(server, lambda: _start(server), _is_alive, _level(options))
    finally:
        server.stop(STOP_TIME)
    return 0


def _serve(server: ChatServer) -> int:
    with _told_plainly():
        bell = Bell()
    with bell.rung_by_signals():
        try:
            _start(server)
            while not select.select([bell], [], [], 1.0)[0]:
                if not _is_alive():
                    raise ChatError("the server has failed; what it said before tells how")
        finally:
            server.stop(STOP_TIME)
    return 0


def _is_alive() -> bool:
    return any(thread.name == "chatkit switchboard" for thread in threading.enumerate())


def _start(server: ChatServer) -> None:
    try:
        with _told_plainly():
            server.start()
    except CannotListen as error:
        raise _with_holder(error, server.host, server.port) from error
    host, port = server.address
    if not (server.port or log.isEnabledFor(logging.INFO)):
        log.warning("listening on %s port %d", host, port)  # --quiet: nobody could know the port otherwise
    if not ipaddress.ip_address(host).is_loopback:
        log.warning(EXPOSED)
    elif sys.stdout and sys.stdout.isatty():
        log.info("in another terminal: %s join %s %d", _program(), host, port)


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Say in a sentence that no descriptor is left to start with, or no thread."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or error
        raise ChatError(f"the server cannot start: {why}") from error


def _program() -> str:
    """Return what starts this program here: in a bare clone there is no command `chatkit`."""
    return "python3 -m chatkit" if sys.argv[0].endswith("__main__.py") else "chatkit"


def _with_holder(error: CannotListen, host: str, port: int) -> CannotListen:
    holder = who_listens(host, port) if error.errno == errno.EADDRINUSE else ""
    if not holder:
        return error
    return CannotListen(
        f"cannot listen on {host} port {port}: {holder} listens there already; "
        "stop it, or choose another port (0 takes any free one)",
        error.errno,
    )


def _level(options: argparse.Namespace) -> int:
    if options.quiet:
        return logging.WARNING
    return logging.DEBUG if options.verbose else logging.INFO
