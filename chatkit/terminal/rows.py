"""Entries as rows of a certain width: which row of the whole log belongs to which entry, and what it shows.

Only what is looked at is drawn; of all others, only the height is known. A name stands in the name's column
alone: rows that go on with a text are indented further, so no text looks like a line of somebody else's.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from chatkit.terminal import colours
from chatkit.terminal.entries import Entry, Stamps
from chatkit.terminal.wrapping import beginning, wrap

KEPT = 10_000  # entries
KEPT_TEXT = 2_000_000  # characters in them: all are broken into rows anew when the window changes
SLACK = 500  # more than that are let go at once, because each time costs the same
INDENT = 2  # cells by which a text's further rows stand behind its name
WIDEST_HEAD = 2  # the log must be this many times as wide as what stands before a name, or it gets shorter


class Rows:
    """Keep the last 10,000 entries, broken into rows of `width` cells."""

    def __init__(self, stamps: Stamps) -> None:
        self.stamps = stamps
        self.width = 80
        self.is_dark = True
        self.entries: list[Entry] = []
        self.marker: int | None = None  # the entry before which the new ones begin
        self._heights: list[int] = []
        self._ends: list[int] | None = None
        self._text = 0  # characters in all entries

    def __len__(self) -> int:
        """The number of rows."""
        ends = self._all_ends()
        return ends[-1] if ends else 0

    def add(self, entries: list[Entry]) -> int:
        """Add entries, and return how many rows were let go at the top."""
        self.entries += entries
        self._heights += [len(self._wrapped(entry)) for entry in entries]
        self._ends = None
        self._text += _length(entries)
        surplus = self._surplus()
        return self._let_go(surplus) if surplus else 0

    def resize(self, width: int) -> None:
        """Break all entries anew."""
        self.width = width
        self._heights = [len(self._wrapped(entry)) for entry in self.entries]
        self._ends = None

    def mark(self, position: int | None) -> None:
        """Put the line that says where the new entries begin before the entry at `position`, or nowhere."""
        self.marker, self._ends = position, None

    def at(self, row: int) -> tuple[int, int]:
        """Return which entry a row belongs to, and which of its rows it is; -1 is the marker's."""
        ends = self._all_ends()
        position = bisect_right(ends, row)
        first = ends[position - 1] if position else 0
        return position, row - first - (position == self.marker)

    def first_row(self, position: int) -> int:
        """Return the first row of an entry."""
        return self._all_ends()[position - 1] if position else 0

    def is_own(self, row: int) -> bool:
        """Say whether a row shows one's own words."""
        position, part = self.at(row)
        return part >= 0 and self.entries[position].kind == "own"

    def draw(self, row: int) -> Iterator[Segment]:
        """Draw one row of the log."""
        position, part = self.at(row)
        entry = self.entries[position]
        if part < 0:
            yield from self._across("new", Style(color=colours.TROUBLE[self.is_dark], bold=True))
        elif entry.kind == "rule":
            yield from self._across(entry.text, self._quiet)
        else:
            yield from self._draw_entry(entry, part)

    def _draw_entry(self, entry: Entry, part: int) -> Iterator[Segment]:
        head, style = self._head(entry), self._style(entry)
        text = self._wrapped(entry)[part]
        if part:
            yield Segment(" " * (len(head) + INDENT), style)
        else:
            yield Segment(head[:-2], self._quiet)
            yield Segment(head[-2:], style + Style(bold=True))
        if entry.name and not part:
            dim = Style(dim=entry.kind == "before")
            yield Segment(self._name(entry), style + colours.of_name(entry.name, self.is_dark) + dim)
            yield Segment(": ", style)
        yield Segment(text, style)

    def _style(self, entry: Entry) -> Style:
        match entry.kind:
            case "trouble":
                return Style(color=colours.TROUBLE[self.is_dark], bold=True)
            case "notice":
                return self._quiet
            case "before":
                return self._quiet + Style(italic=True)
        return Style()

    @property
    def _quiet(self) -> Style:
        return Style(color=colours.QUIET[self.is_dark])

    def _across(self, text: str, style: Style) -> Iterator[Segment]:
        yield Segment(f" {text[: self.width - 4]} ".center(self.width, "\u2500"), style)

    def _head(self, entry: Entry) -> str:
        head = entry.head(self.stamps)
        return head if len(head) * WIDEST_HEAD <= self.width else entry.head("HH:MM")

    def _name(self, entry: Entry) -> str:
        """Return the name, cut where it would leave its text less than half of the row."""
        most = (self.width - len(self._head(entry))) // 2
        return entry.name if cell_len(entry.name) <= most else f"{beginning(entry.name, most - 1)}\u2026"

    def _wrapped(self, entry: Entry) -> list[str]:
        if entry.kind == "rule":
            return [entry.text]
        room = self.width - len(self._head(entry))
        name = cell_len(self._name(entry)) + 2 if entry.name else 0
        return wrap(entry.text, room - name, room - INDENT)

    def _all_ends(self) -> list[int]:
        if self._ends is None:
            heights = self._heights
            if self.marker is not None and self.marker < len(heights):
                heights = heights.copy()
                heights[self.marker] += 1
            self._ends = list(accumulate(heights))
        return self._ends

    def _surplus(self) -> int:
        """Return how many of the oldest entries are too many, or too much."""
        surplus, text = len(self.entries) - KEPT, self._text
        surplus = surplus if surplus > SLACK else 0
        text -= _length(self.entries[:surplus])
        while text > KEPT_TEXT:
            text -= len(self.entries[surplus].text)
            surplus += 1
        return surplus

    def _let_go(self, surplus: int) -> int:
        rows = self._all_ends()[surplus - 1]
        self._text -= _length(self.entries[:surplus])
        del self.entries[:surplus], self._heights[:surplus]
        if self.marker is not None:
            self.marker = self.marker - surplus if self.marker >= surplus else None
        self._ends = None
        return rows


def _length(entries: list[Entry]) -> int:
    return sum(len(entry.text) for entry in entries)
