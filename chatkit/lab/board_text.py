"""The board as plain text, of which a saved notebook keeps only what is the same in every run.

Counts, ports and the line at which a thread happens to be while it runs are left out, unless asked for.
"""

from collections.abc import Iterable
from dataclasses import replace

from chatkit.lab.board_row import TROUBLES, Row, Verdict

HEAD = ("who", "TCP state", "its thread waits in", "verdict")
NUMBERS = ("recv/s", "unread", "unsent", "outbox")


def as_text(rows: Iterable[Row], missing: Iterable[str], numbers: bool = False) -> str:
    """Return one line for each row, in columns, then the sentences."""
    table = [(*HEAD[:3], *NUMBERS * numbers, HEAD[3]), *(cells(row, numbers) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in table]
    return "\n".join([*lines, *missing])


def cells(row: Row, numbers: bool = False) -> tuple[str, ...]:
    """Return what stands in each column of a row's text."""
    row = row if numbers else _without_luck(row)
    counts = [rate(row.recv_rate), *map(size, (row.unread, row.unsent, row.outbox))] if numbers else []
    return (row.who, row.socket, row.thread, *counts, ("▲ " if row.verdict in TROUBLES else "") + row.words)


def _without_luck(row: Row) -> Row:
    """Leave out addresses, and the line of a thread that runs: it is another at every look."""
    runs = row.verdict is Verdict.WORKS or (row.verdict is Verdict.SPINS and row.call != "recv")
    return replace(
        row,
        who=row.who if row.is_named else "a stranger",
        whom="a stranger" if ":" in row.whom else row.whom,
        call="" if runs else row.call,
        where="" if runs else row.where,
    )


def rate(number: float | None) -> str:
    """Return a rate in three digits, so that it can be read while it changes, and fits its column."""
    if number is None:
        return ""
    rounded = round(number, -max(0, len(str(int(number))) - 3))
    return f"{rounded:,.0f}" if rounded < 1e6 else f"{rounded / 1e6:.3g} M"


def size(number: int | None) -> str:
    """Return a count of bytes with a unit of thousands."""
    if number is None:
        return ""
    if number < 1_000:
        return f"{number}"
    unit, divisor = ("kB", 1e3) if number < 999_500 else ("MB", 1e6)
    return f"{number / divisor:.3g} {unit}"
