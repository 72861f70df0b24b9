"""The museum: every specimen meets every promise, and must break those that it declares, and no others.

A specimen that spins, and whatever is measured, lives in a process of its own; the others in this one, many
at a time. Where a specimen is declared to break a promise, little patience shows that it does; where it is
declared to keep it, much patience makes sure that no slow machine accuses it. Only the levels spec and
sturdy are asked: chatkit's own promises are about words that specimens may lack.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chatkit.check.judging import HOST, command_venue, factory_venue
from chatkit.check.outcome import Outcome
from chatkit.check.process import Process
from chatkit.check.promise import Level, Promise, Verdict
from chatkit.check.rooms import Started, Venue
from chatkit.check.runner import chosen, judge
from chatkit.server import ChatServer
from chatkit.specimens import Specimen, specimens

AT_ONCE = 16
LITTLE_PATIENCE, MUCH_PATIENCE = 0.5, 3.0
SPINNING = {"a_quiet_room_rests", "a_goodbye_leaves_no_loop_behind", "a_reset_leaves_no_loop_behind"}

Watcher = Callable[[Specimen, Outcome], None]


class Here:
    """A server in this process; nothing of it can be measured, and nobody waits until it has stopped."""

    pid = 0
    measurable = stoppable = False

    def __init__(self, server: Any) -> None:
        self._server = server

    def status(self) -> int | None:
        return None

    def output(self) -> str:
        return ""

    def signal(self, number: int) -> None:
        pass

    def end(self) -> None:
        threading.Thread(target=self._server.stop, args=(0.0,), daemon=True).start()


@dataclass(frozen=True, slots=True)
class Cell:
    """One specimen before one promise."""

    specimen: Specimen
    outcome: Outcome

    @property
    def surprise(self) -> str:
        """How the verdict differs from what the specimen declares, in words; empty if it does not."""
        verdict, name = self.outcome.verdict, self.outcome.name
        declared = name in self.specimen.breaks
        if name in self.specimen.sometimes or declared == (verdict is Verdict.BROKEN):
            return ""
        words = "declares that it breaks" if declared else "does not declare that it breaks"
        return f"{self.specimen.name} {words} {name}, which is {verdict}"


def walk(
    exhibits: Iterable[Specimen] = (),
    promises: Iterable[Promise] = (),
    watch: Watcher = lambda specimen, outcome: None,
) -> list[Cell]:
    """Let all `exhibits` meet all `promises`, by default all there are; `watch` is told of each outcome."""
    exhibits, promises = list(exhibits) or specimens(), list(promises) or chosen(Level.STURDY)
    cells: list[Cell] = []
    with _quiet(), ThreadPoolExecutor(AT_ONCE, "museum") as pool:
        work = [
            (exhibit, promise, pool.submit(_judge, exhibit, rooms, promise))
            for exhibit in exhibits
            for rooms in [_rooms(exhibit)]
            for promise in promises
        ]
        for exhibit, _promise, future in work:
            cells.append(Cell(exhibit, future.result()))
            watch(exhibit, cells[-1].outcome)
    return cells


def _judge(exhibit: Specimen, rooms: list[Venue], promise: Promise) -> Outcome:
    basic = next((p.name for p in chosen(Level.SPEC) if p.basic and p.name in exhibit.breaks), promise.name)
    if basic != promise.name:
        return Outcome(promise, Verdict.NOT_JUDGED, why=f"not judged, because {basic} is broken")
    patience = LITTLE_PATIENCE if promise.name in exhibit.breaks else MUCH_PATIENCE
    for room in rooms[1:] if promise.measured else rooms:
        (outcome,) = judge(room, [promise], patience=patience).outcomes
        if outcome.verdict is not Verdict.NOT_MEASURED:
            break
    return outcome


def _rooms(exhibit: Specimen) -> list[Venue]:
    """Return the rooms in which to meet an exhibit: where one cannot be measured, the next is for that."""
    if issubclass(exhibit.server, ChatServer):
        process: Venue = factory_venue(exhibit.server)
    else:
        process = command_venue([sys.executable, "-m", "chatkit.specimens", exhibit.name, "{host}", "{port}"])
    return [_gentle(exhibit.server) if exhibit.breaks & SPINNING else _here(exhibit.server), process]


def _here(server: Any) -> Venue:
    def launch() -> tuple[Process, tuple[str, int]]:
        started = server(HOST, 0).start()
        return Here(started), started.address

    return Started(launch, server.__name__)


def _gentle(server: Any) -> Venue:
    """Return a room for one that spins: in a process of its own, which lets all others go first."""

    def gentle(host: str, port: int) -> Any:
        os.nice(10)
        return server(host, port)

    return factory_venue(gentle)


@contextmanager
def _quiet() -> Iterator[None]:
    """Say nothing of threads that die, nor of what the servers log: they are broken on purpose."""
    log, hook = logging.getLogger("chatkit.server"), threading.excepthook
    before, log.disabled = log.disabled, True
    threading.excepthook = lambda _: None
    yield
    log.disabled, threading.excepthook = before, hook
