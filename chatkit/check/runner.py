"""Judge a server: play each promise's dialogue in a room, several rooms at a time, and collect the outcomes.

First comes what is basic; where that is broken, the others are not judged. Each gets a room of its own
where there is a choice, for a fault that seems to pass may have killed the room: so all but the spec's are
followed by the question whether two newcomers can still talk.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator

from chatkit.check.cancelling import pool, result
from chatkit.check.deadline import comes_true
from chatkit.check.outcome import Failure, Outcome, Report
from chatkit.check.promise import (
    PROMISES,
    Broken,
    CannotRun,
    Level,
    NoConnection,
    NotMeasured,
    Promise,
    Verdict,
)
from chatkit.check.rooms import Room, Venue
from chatkit.check.stage import Stage

DYING = 0.5  # seconds that a process may take to end after its last word

Watcher = Callable[[Outcome], None]


def chosen(level: Level, only: Iterable[str] = ()) -> list[Promise]:
    """Return the promises up to `level`, or those called `only`; raise `CannotRun` for an unknown name."""
    names = list(only)
    for name in names:
        if name not in PROMISES:
            raise CannotRun(f"there is no promise {name!r}; chatkit check --list shows them all")
    levels = list(Level)[: list(Level).index(level) + 1]
    return [p for p in PROMISES.values() if (p.name in names if names else p.level in levels)]


def judge(
    venue: Venue, promises: list[Promise], *, patience: float = 1.0, watch: Watcher = lambda outcome: None
) -> Report:
    """Judge all `promises` at `venue` and return the report; `watch` is told of each outcome, in their order.

    Raise `CannotRun` if there is no server at all.
    """
    began = time.monotonic()
    outcomes: list[Outcome] = []
    for outcome in _all_outcomes(venue, promises, patience):
        outcomes.append(outcome)
        watch(outcome)
    return Report(venue.description, outcomes, time.monotonic() - began)


def _all_outcomes(venue: Venue, promises: list[Promise], patience: float) -> Iterator[Outcome]:
    obstacle = ""
    head = 1 + max((i for i, p in enumerate(promises) if p.basic), default=-1)
    for promise in promises[:head]:
        outcome = _judge_one(venue, promise, patience)
        yield outcome
        if promise.basic and outcome.verdict is Verdict.BROKEN:
            obstacle = f"{promise.name} is broken"
    rest = promises[head:]
    if obstacle:
        yield from _not_judged(rest, obstacle)
    elif venue.fresh:
        yield from _several_at_once(venue, rest, patience)
    else:
        yield from _one_by_one(venue, rest, patience)


def _not_judged(promises: list[Promise], obstacle: str) -> Iterator[Outcome]:
    yield from (Outcome(p, Verdict.NOT_JUDGED, why=f"not judged, because {obstacle}") for p in promises)


def _several_at_once(venue: Venue, promises: list[Promise], patience: float) -> Iterator[Outcome]:
    """Judge each promise in a room of its own; the slow ones begin first."""
    at_once = min(4, 2 * (os.cpu_count() or 1))
    with pool(at_once, "check") as threads:
        slow_first = sorted(promises, key=lambda promise: not promise.slow)
        futures = {p.name: threads.submit(_judge_one, venue, p, patience) for p in slow_first}
        for promise in promises:
            yield result(futures[promise.name])


def _one_by_one(venue: Venue, promises: list[Promise], patience: float) -> Iterator[Outcome]:
    """Judge all promises in the one room there is, as long as it is alive."""
    for position, promise in enumerate(promises):
        outcome = _judge_one(venue, promise, patience)
        yield outcome
        if outcome.verdict is Verdict.BROKEN and not _is_alive(venue.open(), patience):
            return (yield from _not_judged(promises[position + 1 :], f"{promise.name} left the room dead"))


def _is_alive(room: Room, patience: float) -> bool:
    stage = Stage(room, patience)
    try:
        stage.two_newcomers_can_talk()
        return True
    except Broken:
        return False
    finally:
        stage.clear(politely=True)


def _judge_one(venue: Venue, promise: Promise, patience: float) -> Outcome:
    """Play the dialogue as often as the promise asks for, each time in a new room if there is one."""
    for _ in range(promise.tries):
        room = venue.open()
        try:
            outcome = perform(promise, room, patience)
        finally:
            room.close()
        if outcome.verdict is not Verdict.KEPT:
            break
    return outcome


def perform(promise: Promise, room: Room, patience: float = 1.0) -> Outcome:
    """Play one promise's dialogue in a room."""
    stage = Stage(room, patience)
    try:
        promise.play(stage)
        if promise.level is not Level.SPEC and not promise.measured:
            stage.two_newcomers_can_talk()
        verdict = Verdict.NOTED if stage.notes else Verdict.KEPT
        return Outcome(promise, verdict, stage.timeline.now(), notes=stage.notes)
    except NoConnection as broken:
        if room.foreign and not room.reached:
            raise CannotRun(f"nobody listens at {room.address[0]} port {room.address[1]}") from broken
        return _failed(promise, stage, broken)
    except Broken as broken:
        return _failed(promise, stage, broken)
    except NotMeasured as why:
        return Outcome(promise, Verdict.NOT_MEASURED, stage.timeline.now(), str(why))
    finally:
        stage.timeline.close()
        stage.clear(politely=room.foreign)


def _failed(promise: Promise, stage: Stage, broken: Broken) -> Outcome:
    *done, failed = stage.steps or ["it begins"]
    where = f"{failed}: {stage.detail}" if stage.detail else failed
    return Outcome(
        promise,
        Verdict.BROKEN,
        stage.timeline.now(),
        notes=stage.notes,
        failure=Failure(done, where, broken.expected, broken.got + _last_words(stage.room)),
        timeline=stage.timeline,
    )


def _last_words(room: Room) -> str:
    """Say that the server is dead, if it is; empty if not."""
    process = room.process
    if process is None or not comes_true(lambda: process.status() is not None, DYING):
        return ""
    return f"; and the server ended with status {process.status()}: {process.output()}"
