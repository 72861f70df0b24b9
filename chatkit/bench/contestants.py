"""Who takes part: how each server is started, what it needs to be there, and which dialect it speaks.

A contestant that is not installed is named so, and is no error.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chatkit.bench import irc
from chatkit.check.interrupting import undivided
from chatkit.check.process import Command, free_port, wait_until_listening

ROOM = 12_000  # clients: more than any scenario brings
STARTS_WITHIN = 10.0  # seconds
PEERS = Path(__file__).parent / "peers"


@dataclass(frozen=True)
class Contestant:
    """A server to be measured: `command` makes its words from a port and a folder for its own files."""

    name: str
    command: Callable[[int, Path], list[str]]
    needs: str = ""  # a program, or a module with a dot behind it
    dialect: str = "budget chat"
    at_once: int = 50  # so many come in at a time, where a scenario does not care

    @property
    def installed(self) -> bool:
        """Whether what it needs is here."""
        if self.needs.endswith("."):
            return importlib.util.find_spec(self.needs[:-1]) is not None
        return not self.needs or shutil.which(self.needs) is not None

    @contextmanager
    def serving(self) -> Iterator[tuple[int, Command]]:
        """Start a fresh server process, yield its port and the process, and end it; raise `CannotRun`."""
        port = free_port()
        with ExitStack() as ending:
            with undivided():
                folder = ending.enter_context(tempfile.TemporaryDirectory(prefix="chatkit-bench-"))
                process = Command(self.command(port, Path(folder)))
                ending.callback(process.end)
            wait_until_listening(process, port, self.name, STARTS_WITHIN)
            yield port, process


def _chatkit(engine: str) -> Contestant:
    words = [sys.executable, "-m", "chatkit", "serve", "127.0.0.1"]
    options = ["--engine", engine, "--quiet", "--max-clients", str(ROOM)]
    return Contestant(engine, lambda port, _: [*words, str(port), *options])


def _peer(name: str, file: str, *more: str, needs: str = "") -> Contestant:
    return Contestant(name, lambda port, _: [sys.executable, str(PEERS / file), str(port), *more], needs)


def _ncat(port: int, _folder: Path) -> list[str]:
    return ["ncat", "--listen", "--chat", "--keep-open", "--max-conns", str(ROOM), "127.0.0.1", str(port)]


_ALL = [
    _chatkit("threads"),
    _chatkit("selectors"),
    _peer("naive", "naive.py"),
    _peer("socketserver", "threading_tcp_server.py"),
    _peer("asyncio by line", "asyncio_lines.py"),
    _peer("asyncio by chunk", "asyncio_chunks.py"),
    _peer("uvloop by line", "asyncio_lines.py", "uvloop", needs="uvloop."),
    _peer("uvloop by chunk", "asyncio_chunks.py", "uvloop", needs="uvloop."),
    _peer("twisted by line", "twisted_lines.py", needs="twisted."),
    _peer("gevent by line", "gevent_lines.py", needs="gevent."),
    Contestant("ncat", _ncat, "ncat", "ncat", at_once=1),
    # its backlog holds 10 at the door
    Contestant("ngircd", irc.ngircd, "ngircd", "irc", at_once=8),
    # it lets newcomers in once a second
    Contestant("inspircd", irc.inspircd, "inspircd", "irc", at_once=1000),
]
CONTESTANTS: Mapping[str, Contestant] = {each.name: each for each in _ALL}
