"""A report in plain text: a line for each promise, then each failure so that one can learn from it.

A failure reads: what was promised; the steps that were done, the one that failed, what was expected and what
came; then what each participant sent and saw, on one time line. Colours only on a terminal, and never with
NO_COLOR.
"""

from __future__ import annotations

import os
import textwrap
from typing import TextIO

from chatkit.check.outcome import Failure, Outcome, Report
from chatkit.check.promise import Verdict
from chatkit.check.timeline import Event, Timeline

COLOURS = {Verdict.KEPT: "32", Verdict.BROKEN: "1;31", Verdict.NOTED: "33"}
COLUMN = 34  # characters a participant
COLUMNS = 3
FIRST_ROWS, LAST_ROWS = 14, 22


def as_text(report: Report) -> str:
    """Return a report as plain text."""
    lines = [f"{report.server}", ""]
    lines += [line for outcome in report.outcomes for line in outcome_lines(outcome)]
    lines += ["", *ending(report)]
    return "\n".join(lines)


def outcome_lines(outcome: Outcome, *, coloured: bool = False) -> list[str]:
    """Return an outcome's verdict, sentence, name and notes; nothing if it was not judged."""
    if outcome.verdict is Verdict.NOT_JUDGED:
        return []
    verdict = f"{outcome.verdict:<12}"
    if coloured and outcome.verdict in COLOURS:
        verdict = f"\x1b[{COLOURS[outcome.verdict]}m{verdict}\x1b[0m"
    lines = [f"{verdict}  {outcome.promise.sentence}", f"{'':<14}{outcome.name}"]
    return (
        lines
        + [f"{'':<14}note: {note}" for note in outcome.notes]
        + ([f"{'':<14}{outcome.why}"] * bool(outcome.why))
    )


def ending(report: Report) -> list[str]:
    """Return what follows the list of verdicts: every broken promise at length, and how many were kept."""
    lines = [line for outcome in report.outcomes for line in failure_lines(outcome)]
    if unjudged := [o for o in report.outcomes if o.verdict is Verdict.NOT_JUDGED]:
        lines.append(f"{len(unjudged)} more were {unjudged[0].why}")
    return [*lines, report.summary()]


def failure_lines(outcome: Outcome) -> list[str]:
    """Tell how one promise was broken; nothing if it was not."""
    failure = outcome.failure
    if failure is None:
        return []
    lines = [f"BROKEN: {outcome.promise.sentence}", f"  promise   {outcome.name} ({outcome.promise.level})"]
    lines += [f"  about     {outcome.promise.hint}", ""]
    lines += story(failure)
    if outcome.timeline and outcome.timeline.events:
        lines += ["", *("  " + line for line in time_line(outcome.timeline, outcome.failure))]
    return [*lines, ""]


def story(failure: Failure) -> list[str]:
    """Tell the steps that were done, the one that failed, what was expected and what came."""
    lines = [f"  {'done' if i == 1 else '':<9} {i:>2}. {step}" for i, step in enumerate(failure.done, 1)]
    lines.append(f"  {'failed':<9} {len(failure.done) + 1:>2}. {failure.failed}")
    return lines + _wrapped("expected", failure.expected) + _wrapped("got", failure.got)


def time_line(timeline: Timeline, failure: Failure | None = None) -> list[str]:
    """Return a table of what happened: the time, and a column for each participant, as many as fit."""
    people = timeline.participants()
    named = [who for who in people if failure and who in failure.failed.split()]
    shown = [who for who in people if who in [*named, *people][:COLUMNS] or len(people) <= COLUMNS]
    events = _merged([event for event in timeline.events if event.who in shown])
    rows = [_row(event, shown) for event in events]
    if len(rows) > FIRST_ROWS + LAST_ROWS:
        left_out = len(rows) - FIRST_ROWS - LAST_ROWS
        rows[FIRST_ROWS:-LAST_ROWS] = [f"{'':>9}  ({left_out} more)"]
    absent = len(people) - len(shown)
    head = f"{'time':>9}  " + "".join(f"{who:<{COLUMN}}" for who in shown).rstrip()
    return [head, *rows, *([f"{'':>9}  ({absent} others took part and are not shown)"] * (absent > 0))]


def wants_colour(stream: TextIO) -> bool:
    """Say whether colours are welcome there (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _merged(events: list[Event]) -> list[Event]:
    """Join neighbours of the same kind: a flood is one row."""
    merged: list[Event] = []
    for event in events:
        last = merged[-1] if merged else None
        if (
            last
            and event.size
            and (last.who, last.what) == (event.who, event.what)
            and event.time - last.time < 0.5
        ):
            merged[-1] = Event(last.time, last.who, last.what, last.data, last.size + event.size)
        else:
            merged.append(event)
    return merged


def _row(event: Event, shown: list[str]) -> str:
    cells = [""] * len(shown)
    text = str(event)
    cells[shown.index(event.who)] = text if len(text) < COLUMN else text[: COLUMN - 5] + "... "
    return (f"{event.time:>7.3f} s  " + "".join(f"{cell:<{COLUMN}}" for cell in cells)).rstrip()


def _wrapped(label: str, text: str) -> list[str]:
    first, *more = textwrap.wrap(text, 80 - 16, replace_whitespace=False) or [""]
    return [f"  {label:<9}     {first}", *(f"{'':<16}{line}" for line in more)]
