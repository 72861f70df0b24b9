"""What one row looks like: each kind of event has a shape and words of its own, and never a colour alone.

Bytes are an arrow that carries its lines in boxes, torn where a line is torn; FIN a line that ends at a bar;
RST a jagged one that ends in a cross; silence dots that lead nowhere. What is held stops at two bars halfway.
"""

from collections.abc import Iterator
from textwrap import wrap
from typing import NamedTuple

from chatkit.lab.diagram.boxes import draw_label
from chatkit.lab.diagram.columns import SLANT, Columns
from chatkit.lab.diagram.rows import Fate, Row
from chatkit.lab.diagram.shapes import (
    PLAIN,
    STRONG,
    draw_box,
    draw_dot,
    draw_line,
    draw_path,
    measure,
    write,
    write_over,
)
from chatkit.lab.diagram.twin import announce
from chatkit.lab.diagram.words import make_safe
from chatkit.lab.events import Kind, Way

SIGN = 64  # width of a sign and its word, such as "held"
_LETTER = 7.0  # width of a letter of running text, on the average


class Arrow(NamedTuple):
    """A slanted line from one column to another."""

    x1: float
    x2: float
    y: float

    def at(self, x: float) -> float:
        """Return how far down it is at `x`."""
        return self.y - SLANT + 2 * SLANT * (x - self.x1) / ((self.x2 - self.x1) or 1)


def draw_row(row: Row, columns: Columns, y: float) -> Iterator[str]:
    """Draw one row, whose middle is at `y`."""
    match row.kind:
        case Kind.NOTE:
            yield from _draw_note(row, columns, y)
        case Kind.CONNECTED | Kind.SILENCE:
            yield from _draw_mark(row, columns, y)
        case _:
            yield from _draw_arrow(row, columns, y)


def _draw_arrow(row: Row, columns: Columns, y: float) -> Iterator[str]:
    outward, colour = row.way == Way.TO_CLIENT, columns.paint(row.person)
    here, there = columns.of(row.person), columns.right
    arrow = Arrow(there, here, y) if outward else Arrow(here, there, y)
    stopped = row.fate != Fate.ARRIVED
    left = columns.left + (SIGN if stopped and outward == (row.fate != Fate.LATE) else 0)
    room = columns.right - columns.left - 26 - (SIGN if stopped else 0)
    label, end = draw_label(row, announce(row, columns.server), colour, left, y, room)
    sign = (
        (left - 18 if outward else end + 18)
        if row.fate != Fate.LATE
        else (end + 18 if outward else left - 18)
    )
    x1 = sign if row.fate == Fate.LATE else arrow.x1
    x2 = sign if row.fate in (Fate.HELD, Fate.LOST) else arrow.x2
    yield from _draw_line(row, arrow, x1, x2, colour)
    yield label
    if stopped:
        yield from _draw_sign(row, sign, arrow.at(sign), colour)


def _draw_line(row: Row, arrow: Arrow, x1: float, x2: float, colour: str) -> Iterator[str]:
    """Draw as much of an arrow as there is, from its start, over what it passes, to its head."""
    y1, y2 = arrow.at(x1), arrow.at(x2)
    forward = 1 if x2 > x1 else -1
    yield draw_line(x1 + 8 * forward, y1, x2 - 8 * forward, y2, "halo")
    if row.kind == Kind.RST:
        yield draw_path(f"{colour} heavy", *_jag(arrow, x1, x2))
    else:
        yield draw_line(x1, y1, x2 - (6 * forward if x2 == arrow.x2 else 0), y2, colour)
    if x1 == arrow.x1:
        yield draw_dot(x1, y1, 3.5, f"{colour} full")
    if x2 == arrow.x2:
        yield from _draw_head(row.kind, x2, y2, forward, colour)


def _draw_head(kind: Kind, x: float, y: float, forward: int, colour: str) -> Iterator[str]:
    if kind == Kind.BYTES:
        back = x - 11 * forward
        yield draw_path(f"{colour} full", (x - forward, y), (back, y - 5), (back, y + 5), closed=True)
    elif kind == Kind.FIN:
        yield draw_line(x - 6 * forward, y - 8, x - 6 * forward, y + 8, f"{colour} heavy")
    else:
        yield from _draw_cross(x - 5 * forward, y, 7, f"{colour} heavy")


def _draw_sign(row: Row, x: float, y: float, colour: str) -> Iterator[str]:
    if row.fate == Fate.LOST:
        yield from _draw_cross(x, y, 6, "trouble heavy")
    else:
        yield draw_dot(x, y, 8, f"{colour} open")
        for side in (-2.5, 2.5):
            yield draw_line(x + side, y - 4, x + side, y + 4, colour)
    before = (row.way == Way.TO_CLIENT) == (row.fate != Fate.LATE)
    place = x - 14 if before else x + 14
    yield write_over(place, y + 4, row.fate.value.split()[-1], "quiet end" if before else "quiet")


def _draw_cross(x: float, y: float, size: float, kind: str) -> Iterator[str]:
    for way in (1, -1):
        yield draw_line(x - size, y - way * size, x + size, y + way * size, f"{kind} halo")
    for way in (1, -1):
        yield draw_line(x - size, y - way * size, x + size, y + way * size, kind)


def _jag(arrow: Arrow, x1: float, x2: float) -> Iterator[tuple[float, float]]:
    teeth = max(2, round(abs(x2 - x1) / 9))
    yield x1, arrow.at(x1)
    for tooth in range(1, teeth):
        x = x1 + (x2 - x1) * tooth / teeth
        yield x, arrow.at(x) + (4 if tooth % 2 else -4)
    yield x2, arrow.at(x2)


def _draw_mark(row: Row, columns: Columns, y: float) -> Iterator[str]:
    x, colour = columns.of(row.person), columns.paint(row.person)
    yield draw_line(x, y, columns.right, y, f"{colour} dots")
    kind, wide = ("quiet", PLAIN) if row.kind == Kind.CONNECTED else ("strong", STRONG)
    room = columns.right - columns.left - 4
    yield write_over(columns.left, y + 4, announce(row, columns.server), kind, wide, room=room)
    if row.kind == Kind.CONNECTED:
        yield draw_dot(x, y, 4.5, f"{colour} open")
        yield draw_dot(columns.right, y, 4.5, f"{colour} open")
    else:
        yield draw_dot(x, y, 7, f"{colour} open")
        yield draw_line(x - 5, y + 5, x + 5, y - 5, colour)


def _draw_note(row: Row, columns: Columns, y: float) -> Iterator[str]:
    """Draw words beside the column that they are about; the server's are on the left of it."""
    of_person = row.person in columns.people
    start = columns.of(row.person) + 12 if of_person else columns.first
    room = int((columns.right - 30 - start) / _LETTER)
    lines = wrap(make_safe(row.words, 2 * room - 8), room)[:2] or [""]
    width = max(map(measure, lines)) + 14
    x = start if of_person else columns.right - 12 - width
    yield draw_box(x, y - 14, width, 28, "note")
    for position, line in enumerate(lines):
        yield write(x + 8, y + (4 if len(lines) == 1 else 13 * position - 2.5), line, "small")
