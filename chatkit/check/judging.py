"""The check as a function: `check(server)` judges whatever can be called a chat server, and returns a report.

check(MyServer)                     a class, or a function, of host and port: run in a process of its own
check(server)                       a server that has started and knows its `address`
check("127.0.0.1:55555")            one that runs somewhere
check(["node", "chat.js", "{port}"])  a command
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Any

from chatkit.check import measure
from chatkit.check.factory import Factory, Forked, Threaded
from chatkit.check.interrupting import undivided
from chatkit.check.outcome import Outcome, Report
from chatkit.check.process import START_WITHIN, Command, Process, free_port, wait_until_listening
from chatkit.check.promise import CannotRun, Level
from chatkit.check.promises import DIALOGUES
from chatkit.check.rooms import Running, Started, Venue
from chatkit.check.runner import chosen, judge
from chatkit.check.words import as_name

HOST = "127.0.0.1"


def check(
    server: Any,
    level: str = "sturdy",
    *,
    only: Iterable[str] = (),
    patience: float = 1.0,
    in_process: bool = False,
    start_within: float = START_WITHIN,
    watch: Callable[[Outcome], None] = lambda outcome: None,
) -> Report:
    """Judge a chat server by the promises up to `level` (spec, sturdy, chatkit) or those called `only`.

    `patience` stretches every deadline. A class or function is run in a fork of this process, or in a thread
    of it with `in_process` (then nothing is measured, and what cannot stop runs on); it has `start_within`
    seconds to listen. `watch` is told of each outcome. Raise `CannotRun`, in one sentence, if there is no
    server to judge.
    """
    place = venue(server, in_process=in_process, start_within=start_within)
    return judge(place, chosen(Level(level), only), patience=patience, watch=watch)


def venue(server: Any, *, in_process: bool = False, start_within: float = START_WITHIN) -> Venue:
    """Return where `server` can be judged; raise `CannotRun` if it is nothing that can be."""
    if isinstance(server, str):
        return Running(*parse_address(server))
    if not callable(server) and hasattr(server, "address"):
        host, port = server.address[:2]
        return Running(host, port, type(server).__name__)
    if isinstance(server, tuple) and len(server) == 2 and isinstance(server[1], int):
        return Running(server[0], server[1])
    if isinstance(server, Sequence):
        return command_venue(list(server), start_within)
    if callable(server):
        return factory_venue(server, in_process, start_within)
    raise CannotRun(
        f"{server!r} is no server: give a class, a function of host and port, an address or a command"
    )


def parse_address(text: str) -> tuple[str, int]:
    """Split HOST:PORT; raise `CannotRun` if it is not that."""
    host, _, port = text.rpartition(":")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise CannotRun(f"{text!r} is no address: write HOST:PORT, for instance 127.0.0.1:55555")
    return host.strip("[]") or HOST, int(port)


def command_venue(argv: list[str], start_within: float = START_WITHIN) -> Venue:
    """Return a venue that starts a command; `{port}` in it becomes the port, `{host}` the host."""
    what = as_name(shlex.join(argv))
    if not any("{port}" in word for word in argv):
        raise CannotRun(f"the command has no {{port}} in it, so it would not know where to listen: {what}")

    def launch() -> tuple[Process, tuple[str, int]]:
        port = free_port()
        words = [word.replace("{port}", str(port)).replace("{host}", HOST) for word in argv]
        return _launch(lambda: Command(words), port, what, start_within)

    return Started(launch, what)


def factory_venue(factory: Factory, in_process: bool = False, start_within: float = START_WITHIN) -> Venue:
    """Return a venue that runs a class or function of host and port."""
    what = getattr(factory, "__name__", None) or type(factory).__name__
    forks = hasattr(os, "fork") and measure.available and not in_process

    def launch() -> tuple[Process, tuple[str, int]]:
        port = free_port()
        kind = Forked if forks else Threaded
        return _launch(lambda: kind(factory, HOST, port), port, what, start_within)

    return Started(launch, what)


def _launch(
    start: Callable[[], Process], port: int, what: str, seconds: float
) -> tuple[Process, tuple[str, int]]:
    """Start a server and wait until it listens; where that fails, or is interrupted, end it."""
    with ExitStack() as undo:
        with undivided():
            process = start()
            undo.callback(process.end)
        address = wait_until_listening(process, port, what, seconds)
        undo.pop_all()
    return process, address


assert DIALOGUES  # imported for what they register
