"""Where everything stands: people from the left, the server as a band on the right, words between them.

So everybody's words stand below one another like a log, and an arrow passes over another's line only as a
bare line. The lines down the page show whose connection is open, ended on one side, silent or over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from chatkit.lab.diagram.rows import Line, Row
from chatkit.lab.diagram.shapes import draw_box, draw_line, write
from chatkit.lab.diagram.theme import colour_of, colours_of
from chatkit.lab.diagram.words import count_cells, make_safe
from chatkit.lab.events import Way

WIDTH = 800
ROW, SLANT = 28, 6.5  # height of a row, and how far an arrow rises and falls from its middle
BAND = 26  # width of the server's column
_LETTER = 8.4  # width of a letter of a name
_SIDE, _TIMES, _WORDS = 12, 52, 340  # margin; width of the seconds; width that words have at least
_WIDE, _NARROW = 86, 46  # between two people


@dataclass(frozen=True)
class Columns:
    """The places of all columns, for one picture."""

    people: tuple[str, ...]
    times: bool
    server: str

    @property
    def first(self) -> float:
        return _SIDE + (_TIMES if self.times else 0) + 40

    @property
    def gap(self) -> float:
        free = WIDTH - _SIDE - 60 - _WORDS - self.first - 30
        return max(_NARROW, min(_WIDE, free / max(1, len(self.people) - 1)))

    @property
    def width(self) -> float:
        """The width of it all: more than usual only where there is a crowd."""
        return max(WIDTH, self.left + _WORDS + 60 + _SIDE)

    @property
    def left(self) -> float:
        """Where words begin."""
        return self.first + self.gap * (max(1, len(self.people)) - 1) + 34

    @property
    def right(self) -> float:
        """Where the server's column begins."""
        return self.width - _SIDE - 22 - BAND

    @cached_property
    def places(self) -> dict[str, int]:
        """Each person's place in the row."""
        return {person: place for place, person in enumerate(self.people)}

    @cached_property
    def staggered(self) -> bool:
        """Whether names are so long that every other one stands higher."""
        return any(count_cells(make_safe(name, 24)) > self.gap / _LETTER for name in self.people[:-1])

    @property
    def head(self) -> float:
        """The height of the names."""
        return 50 if self.staggered else 34

    def of(self, person: str) -> float:
        """Return where a person's line stands; the server's notes stand at the server's."""
        return self.first + self.gap * self.places[person] if person in self.places else self.right

    @cached_property
    def colours(self) -> dict[str, int]:
        """Each person's colour."""
        return colours_of(self.people)

    def paint(self, person: str) -> str:
        """Return the class that has a person's colour."""
        return f"p{self.colours.get(person, colour_of(person))}"


def draw_names(columns: Columns, y: float) -> Iterator[str]:
    """Write the name of each column at its head, or at its foot."""
    for person in columns.people:
        higher = columns.staggered and columns.places[person] % 2
        width = min(columns.gap * (2 if columns.staggered else 1), 2 * columns.of(person) - 16)
        yield write(
            columns.of(person),
            y - (16 if higher else 0),
            make_safe(person, int(width / _LETTER)),
            f"name {columns.paint(person)}",
        )
    yield write(columns.right + BAND / 2, y, make_safe(columns.server, 9), "name server")


def draw_lines(
    columns: Columns, rows: Sequence[tuple[Row, float]], before: dict[str, Line], top: float, bottom: float
) -> Iterator[str]:
    """Draw the lines down the page; each row comes with its middle.

    `before` is how connections stood above the first row.
    """
    yield draw_box(columns.right, top - 8, BAND, bottom - top + 16, "band")
    changes = {person: [(top - 6, before.get(person, Line.UNKNOWN))] for person in columns.people}
    for row, y in rows:
        if row.person:
            changes[row.person].append((y + (-SLANT if row.way == Way.TO_SERVER else SLANT), row.line))
    for person in columns.people:
        yield from _draw_life(columns.of(person), columns.paint(person), changes[person], bottom + 6)


def _draw_life(x: float, colour: str, changes: list[tuple[float, Line]], bottom: float) -> Iterator[str]:
    start, state = changes[0]
    for y, line in [*changes[1:], (bottom, None)]:
        if line == state:
            continue
        if state != Line.OVER:
            yield draw_line(x, start, x, y, f"{colour} {state.name.lower()}")
        if line == Line.OVER:
            yield draw_line(x - 7, y + 6, x + 7, y + 6, f"{colour} heavy")
        start, state = y, line or state
