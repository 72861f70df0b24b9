"""The whole picture, put together: a card with names at its head, rows below one another, names at its foot.

It is a plain image to whoever draws it, with its twin in words inside for who cannot see it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chatkit.lab.diagram.arrows import draw_row
from chatkit.lab.diagram.columns import BAND, ROW, Columns, draw_lines, draw_names
from chatkit.lab.diagram.rows import Line, Row
from chatkit.lab.diagram.shapes import draw_box, draw_path, escape, write, write_over
from chatkit.lab.diagram.theme import STYLE
from chatkit.lab.diagram.twin import NOTHING
from chatkit.lab.diagram.words import make_safe
from chatkit.lab.events import Way

_GROUP = 8  # height between what a client heard last and what comes next
_LONG = 1.0  # seconds: a gap that is folded
_TALL = 20  # rows; a longer picture has the names at its foot too


@dataclass(frozen=True, slots=True)
class Page:
    """What a picture shows."""

    rows: Sequence[Row]
    before: dict[str, Line]
    columns: Columns
    head: str
    hidden: str

    @property
    def top(self) -> float:
        """Where the first row begins."""
        return 12 + self.columns.head + (26 if self.head else 0) + (22 if self.hidden else 0)

    def place(self) -> tuple[list[float], list[tuple[float, float]], float]:
        """Return where the middle of each row is, where each folded gap is, with its seconds, and the end."""
        middles, gaps, y = [], [], self.top
        for earlier, row in pairwise([None, *self.rows]):
            wait = row.time - earlier.time if earlier and row else 0
            if earlier and row and (earlier.way, row.way) == (Way.TO_CLIENT, Way.TO_SERVER):
                y += _GROUP
            if self.columns.times and wait >= _LONG:
                gaps.append((y + ROW / 2, wait))
                y += ROW
            middles.append(y + ROW / 2)
            y += ROW
        return middles, gaps, max(y, self.top + ROW)


def draw_page(page: Page, text: str) -> str:
    """Return the SVG; `text` is its twin in words."""
    middles, gaps, bottom = page.place()
    width, height = page.columns.width, bottom + (page.columns.head if len(middles) >= _TALL else 12)
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ck-diagram" role="img" {size}'
        ' style="max-width:100%;height:auto">',
        f"<title>{escape(page.head or _name(page))}</title>",
        f"<desc>{escape(text)}</desc>",
        f"<style>{STYLE}</style>",
        draw_box(0.5, 0.5, width - 1, height - 1, "card"),
        *_draw_head(page),
        *draw_lines(page.columns, list(zip(page.rows, middles, strict=True)), page.before, page.top, bottom),
        *(part for y, wait in gaps for part in _draw_gap(page.columns, y, wait)),
        *(part for row, y in zip(page.rows, middles, strict=True) for part in _draw_row(page, row, y)),
    ]
    if not page.rows:
        parts.append(write(page.columns.left, page.top + ROW / 2 + 4, NOTHING, "quiet"))
    if len(middles) >= _TALL:
        parts += draw_names(page.columns, bottom + page.columns.head - 10)
    return "\n".join([*parts, "</svg>"])


def without_size(svg: str) -> str:
    """Return the picture with no size of its own: as an image in a page it is then as wide as its place.

    JupyterLab makes an image of it, and cuts off what has a size for which there is no room.
    """
    return re.sub(
        r'width="(\d+)" height="\d+" (.*?) style="[^"]*"', r'\2 style="max-width:\1px"', svg, count=1
    )


def _draw_head(page: Page) -> Iterator[str]:
    y = 12.0
    if page.head:
        y += 26
        yield write(16, y - 8, page.head, "title")
    yield from draw_names(page.columns, y + page.columns.head - 17)
    if page.hidden:
        yield write(page.columns.left, y + page.columns.head + 10, page.hidden, "quiet")


def _draw_row(page: Page, row: Row, y: float) -> Iterator[str]:
    yield from draw_row(row, page.columns, y)
    if page.columns.times:
        yield write(64, y + 4, f"{row.time:.2f} s", "quiet end")


def _draw_gap(columns: Columns, y: float, wait: float) -> Iterator[str]:
    """Fold the lines down the page, and say how long nothing happened."""
    for x in [*map(columns.of, columns.people), columns.right + BAND / 2]:
        half = BAND / 2 + 2 if x > columns.right else 7
        for kind in ("halo", "edge"):
            yield draw_path(kind, *((x - half + half * at / 2, y + (3 if at % 2 else -3)) for at in range(5)))
    yield write_over(columns.left, y + 4, f"{wait:.1f} seconds later", "quiet")


def _name(page: Page) -> str:
    count, people = len(page.rows), ", ".join(make_safe(name, 24) for name in page.columns.people)
    return f"{count} event{'' if count == 1 else 's'} between {people or 'nobody'} and the server"
