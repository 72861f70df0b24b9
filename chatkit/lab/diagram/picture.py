"""Events in, picture out: the same events make the same picture, byte for byte, on every run.

Without `times` there is no time in it, nor does anything else depend on one, so that it may stand as a saved
output which a test compares. The order is that of `order.py`. It knows no widget, socket, clock or thread.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatkit.lab.diagram.columns import Columns
from chatkit.lab.diagram.order import Step, find_people, make_steps, put_in_order
from chatkit.lab.diagram.page import Page, draw_page, without_size
from chatkit.lab.diagram.rows import make_rows
from chatkit.lab.diagram.twin import write
from chatkit.lab.diagram.words import make_safe
from chatkit.lab.events import Event


@dataclass(frozen=True, repr=False)
class Diagram:
    """What happened, as a picture (`svg`) and in words (`text`)."""

    svg: str
    text: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return "a diagram (a notebook draws it; print it to read it)"

    def save(self, path: str | Path) -> None:
        """Write the picture to the file `path`; raise `OSError` where that cannot be."""
        Path(path).write_text(self.svg, encoding="utf-8")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/svg+xml": without_size(self.svg), "text/plain": self.text}


def diagram(
    events: Iterable[Event],
    people: Sequence[str] = (),
    *,
    server: str = "server",
    times: bool = False,
    last: int = 60,
    title: str = "",
) -> Diagram:
    """Draw the `last` of the events, and say how many came before.

    The columns stand in the order of `people`; who is not among them comes after, as they appear. With
    `times`, each row says its seconds since the first event, and a gap of a second or more is folded.
    """
    steps = make_steps(events)
    steps = put_in_order(steps, find_people(steps, people), last)
    hidden = max(0, len(steps) - max(0, last))
    rows, before = make_rows(steps, hidden)
    page = Page(
        rows=rows,
        before=before,
        columns=Columns(tuple(find_people(steps[hidden:], people)), times, server),
        head=make_safe(title, 80),
        hidden=_tell_hidden(steps[:hidden]),
    )
    words = [page.head, page.hidden, *write(page.rows, page.columns.people, server, times)]
    text = "\n".join(filter(None, words))
    return Diagram(draw_page(page, text), text)


def _tell_hidden(steps: Sequence[Step]) -> str:
    count = sum(not step.arriving for step in steps)
    return f"{count:,} earlier event{'s are' if count > 1 else ' is'} not shown" if count else ""
