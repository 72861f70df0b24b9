"""The museum: every specimen meets every promise, and must break those that it declares, and no others.

A specimen that spins, and one that is measured, is started as a command (a fork of a process with so many
threads may inherit a lock that is held); the others live in this process, many at a time. Where a specimen
is declared to break a promise, little patience shows that it does; where it is to keep it, much patience
makes sure that no slow machine accuses it. Only the levels spec and sturdy are asked: chatkit's own promises
are about words that specimens may lack.
"""

from __future__ import annotations

import logging
import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chatkit import running
from chatkit.check.cancelling import pool, result
from chatkit.check.factory import Threaded
from chatkit.check.judging import HOST, command_venue
from chatkit.check.outcome import Outcome
from chatkit.check.process import Process
from chatkit.check.promise import CannotRun, Level, Promise, Verdict
from chatkit.check.rooms import Started, Venue
from chatkit.check.runner import chosen, judge
from chatkit.specimens import Specimen, specimen, specimens

AT_ONCE = 24
START_WITHIN = 30.0  # seconds, on a busy machine
# Patience: a verdict that surprises is asked for again; on a busy machine some things break less often.
TO_BREAK, TO_KEEP = (0.4, 1.0, 1.0, 1.0), (1.0, 3.0, 3.0)
SPINNING = {"a_quiet_room_rests", "a_goodbye_leaves_no_loop_behind", "a_reset_leaves_no_loop_behind"}
HEAVY = {  # half of all the work
    *("the_room_outlives_a_hundred_visitors", "a_frozen_reader_stops_nobody", "a_flood_keeps_nobody_waiting"),
    *("innocents_lose_no_line_while_others_leave", "innocents_lose_no_line_while_others_are_reset"),
}

Watcher = Callable[["Cell"], None]


class Here(Threaded):
    """A server in this process; nothing of it can be measured, and nobody waits until it has stopped.

    Some never stop: the process ends without waiting for them, too.
    """

    def __init__(self, server: Any) -> None:
        self._server, self._error = server, ""

    def end(self) -> None:
        running.has_ended(self._server)
        threading.Thread(target=self._server.stop, args=(0.0,), daemon=True).start()


@dataclass(frozen=True, slots=True)
class Cell:
    """One specimen before one promise."""

    specimen: Specimen
    outcome: Outcome

    @property
    def sign(self) -> str:
        """One character for the matrix."""
        if self.outcome.name in self.specimen.sometimes:
            return "~"
        if self.outcome.verdict in (Verdict.NOT_JUDGED, Verdict.NOT_MEASURED):
            return "-"
        return "!" if self.surprise else "X" if self.outcome.verdict is Verdict.BROKEN else "."

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
    *,
    quick: bool = False,
    watch: Watcher = lambda cell: None,
) -> list[Cell]:
    """Let `exhibits` meet `promises`, by default all there are; `watch` is told of each meeting.

    A `quick` walk has every promise broken that is declared to be; but it does not ask whether one is kept
    that is broken only sometimes, is heavy or needs a process, and whether one that spins keeps any.
    """
    exhibits, promises = list(exhibits) or specimens(), list(promises) or chosen(Level.STURDY)
    meetings = [(each, place, p, quick) for each in exhibits for place in [_rooms(each)] for p in promises]
    cells = []
    with _quiet(), pool(AT_ONCE, "museum") as threads:
        outcomes = [threads.submit(_meet, *meeting) for meeting in meetings]
        for (exhibit, *_), outcome in zip(meetings, outcomes, strict=True):
            cells.append(Cell(exhibit, result(outcome)))
            watch(cells[-1])
    return cells


def surprises(cells: list[Cell]) -> list[str]:
    """Say where the verdicts differ from what is declared, and what is broken by nobody or breaks nothing."""
    declared = {name for cell in cells for name in cell.specimen.breaks | cell.specimen.sometimes}
    idle = {cell.specimen.name for cell in cells if not cell.specimen.breaks}
    unbroken = {cell.outcome.name for cell in cells} - declared
    return (
        [cell.surprise for cell in cells if cell.surprise]
        + [f"{name} declares that it breaks nothing" for name in sorted(idle)]
        + [f"no specimen declares that it breaks {name}" for name in sorted(unbroken)]
    )


def as_text(cells: list[Cell]) -> str:
    """Return the matrix: a row for each promise, a column for each specimen, and who is who."""
    exhibits = list({cell.specimen.name: cell.specimen for cell in cells}.values())
    signs = {(cell.outcome.name, cell.specimen.name): cell.sign for cell in cells}
    rows = list(dict.fromkeys(cell.outcome.name for cell in cells))
    width = max(map(len, rows)) + 2
    numbers = [f"{number:2}" for number in range(1, len(exhibits) + 1)]
    lines = [" " * width + "".join(number[place] for number in numbers) for place in (0, 1)]
    lines += [f"{name:<{width}}" + "".join(signs[name, each.name] for each in exhibits) for name in rows]
    lines += ["", "X broken  . kept  ~ broken only sometimes  - not judged  ! not as declared", ""]
    lines += [f"{n}  {each.name:<24}{each.cause}" for n, each in zip(numbers, exhibits, strict=True)]
    return "\n".join(lines)


def show(names: Sequence[str] = ()) -> int:
    """Print the matrix, of all specimens or those called `names`; return 1 if it is not as declared."""
    try:
        exhibits = [specimen(name) for name in names] or specimens()
    except KeyError as error:
        raise CannotRun(error.args[0]) from error
    try:
        cells = walk(exhibits, watch=lambda cell: print(end=".", file=sys.stderr, flush=True))
    finally:
        print(file=sys.stderr)  # what is said next, be it that this was interrupted, has its own line
    print(as_text(cells))
    wrong = [cell.surprise for cell in cells if cell.surprise] if names else surprises(cells)
    print("", *wrong, "not as declared" if wrong else "all is as declared", sep="\n")
    return 1 if wrong else 0


def _meet(exhibit: Specimen, rooms: tuple[Venue, Venue], promise: Promise, quick: bool) -> Outcome:
    declared = promise.name in exhibit.breaks
    basic = {p.name for p in chosen(Level.SPEC) if p.basic} & exhibit.breaks
    if basic and not declared:
        return Outcome(promise, Verdict.NOT_JUDGED, why=f"not judged, because {basic.pop()} is broken")
    if quick and not declared and (exhibit.breaks & SPINNING or promise.name in exhibit.sometimes | HEAVY):
        return Outcome(promise, Verdict.NOT_JUDGED, why="left out of a quick walk")
    outcome = Outcome(promise, Verdict.NOT_MEASURED, why="this needs a process")
    for room in rooms[promise.measured : 1 + (declared or not quick)]:
        for patience in TO_BREAK if declared else TO_KEEP:
            (outcome,) = judge(room, [promise], patience=patience).outcomes
            if declared == (outcome.verdict is Verdict.BROKEN):
                break
        if outcome.verdict is not Verdict.NOT_MEASURED:
            break
    return outcome


def _rooms(exhibit: Specimen) -> tuple[Venue, Venue]:
    """Return where to meet an exhibit: a light place, and a process, where it can be measured."""
    command = [sys.executable, "-m", "chatkit.specimens", exhibit.name, "{host}", "{port}"]
    process = command_venue(command, START_WITHIN)
    if not exhibit.breaks & SPINNING:
        return _here(exhibit.server), process
    gently = ["nice", "-n", "5"] if shutil.which("nice") else []  # others go first
    return command_venue(gently + command, START_WITHIN), process


def _here(server: Any) -> Venue:
    def launch() -> tuple[Process, tuple[str, int]]:
        started = server(HOST, 0).start()
        return Here(started), started.address

    return Started(launch, server.__name__)


@contextmanager
def _quiet() -> Iterator[None]:
    """Say nothing of threads that die, nor of what the servers log: they are broken on purpose."""
    log, hook = logging.getLogger("chatkit.server"), threading.excepthook
    before, log.disabled = log.disabled, True
    threading.excepthook = lambda _: None
    try:
        yield
    finally:
        log.disabled, threading.excepthook = before, hook
