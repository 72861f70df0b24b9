"""One scene, played in two rooms: what each person saw stands side by side, and what differs is marked.

A scene is a function of a room. It seats people and has them talk and leave; what it must wait for, it
waits for itself, with a deadline. A wait in vain ends the scene in that room, and is part of what is told.
"""

from collections.abc import Callable
from difflib import SequenceMatcher
from html import escape
from itertools import zip_longest
from typing import Any, NamedTuple, TypeVar

from chatkit.lab.rooms import OpenRoom, open_room

Scene = Callable[[OpenRoom], object]
T = TypeVar("T")
Both = tuple[T, T]  # of the left and of the right

STYLE = """<style>
.ck-twins.ck-twins.ck-twins { border-collapse: collapse; max-width: 900px; table-layout: fixed; width: 100%; }
.ck-twins.ck-twins.ck-twins :is(th, td) { padding: 2px 8px; text-align: left; vertical-align: top; }
.ck-twins.ck-twins.ck-twins td { font-family: var(--jp-code-font-family, monospace); white-space: pre-wrap; }
.ck-twins.ck-twins.ck-twins .ck-who-saw th { border-bottom: 1px solid #8a8a8a; padding-top: 10px; }
.ck-twins.ck-twins.ck-twins .ck-differs td { box-shadow: inset 0 -1px #d9822b; font-weight: 700; }
</style>"""  # thrice, because JupyterLab has its own mind about tables
COLUMNS = '<colgroup><col style="width: 2em"><col><col></colgroup>'


class Pair(NamedTuple):
    """A line in the one room and its like in the other; None where there is none."""

    left: str | None
    right: str | None

    @property
    def differs(self) -> bool:
        """Whether the two rooms are not alike here."""
        return self.left != self.right


class Twins:
    """The two rooms after the scene, and what each person saw there."""

    def __init__(self, rooms: Both[OpenRoom], titles: Both[str], ends: Both[str] = ("", "")) -> None:
        self.rooms, self.titles, self.ends = rooms, titles, ends
        names = dict.fromkeys(guest.name for room in rooms for guest in room.guests)
        self.saw = {name: compare(*(_lines(room, name) for room in rooms)) for name in names}

    @property
    def differing(self) -> tuple[str, ...]:
        """Who saw something else in the one room than in the other."""
        return tuple(name for name, pairs in self.saw.items() if any(pair.differs for pair in pairs))

    @property
    def text(self) -> str:
        """Both columns as plain text; `≠` marks the lines that differ."""
        width = max((len(p.left or "") for pairs in self.saw.values() for p in pairs), default=0)
        width = max(width, len(self.titles[0]))
        parts = [f"  {self.titles[0]:<{width}}   {self.titles[1]}"]
        for name, pairs in self.saw.items():
            parts += ["", f"what {name} saw"]
            parts += [f"{'≠' if p.differs else ' '} {p.left or '':<{width}} | {p.right or ''}" for p in pairs]
        return "\n".join([line.rstrip() for line in parts] + self._unfinished())

    @property
    def html(self) -> str:
        """The same as a table."""
        head = "".join(f"<th>{escape(title)}</th>" for title in ("", *self.titles))
        body = "".join(_part(name, pairs) for name, pairs in self.saw.items())
        ends = "".join(f"<p>{escape(line)}</p>" for line in self._unfinished())
        return f'{STYLE}<table class="ck-twins">{COLUMNS}<tr>{head}</tr>{body}</table>{ends}'

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html

    def _unfinished(self) -> list[str]:
        both = zip(self.titles, self.ends, strict=True)
        return [f"with {title} the scene ended early: {why}" for title, why in both if why]


def twins(scene: Scene, left: Any, right: Any, titles: Both[str] | None = None) -> Twins:
    """Play `scene` in a room of each server, and compare; the rooms stay open to be looked at.

    The servers are what `open_room` takes; `titles` are the names of the two, by default the classes'.
    """
    names = titles or (getattr(left, "__name__", "left"), getattr(right, "__name__", "right"))
    rooms = open_room(left, name="left twin"), open_room(right, name="right twin")
    ends = _play(scene, rooms[0]), _play(scene, rooms[1])
    return Twins(rooms, names, ends)


def compare(left: list[str], right: list[str]) -> list[Pair]:
    """Put lines that are alike beside each other, and the others beside nothing, or each other."""
    alike = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return [Pair(*both) for _, a, b, c, d in alike for both in zip_longest(left[a:b], right[c:d])]


def _play(scene: Scene, room: OpenRoom) -> str:
    """Return how the scene ended in this room: in words if it waited in vain, empty if it was played out."""
    try:
        scene(room)
    except TimeoutError as error:
        return str(error).partition(", but:")[0]
    return ""


def _lines(room: OpenRoom, name: str) -> list[str]:
    return next((guest.text.splitlines() for guest in room.guests if guest.name == name), [])


def _part(name: str, pairs: list[Pair]) -> str:
    """Return the rows of what one person saw."""
    head = f'<tr class="ck-who-saw"><th colspan="3">what {escape(name)} saw</th></tr>'
    return head + "".join(map(_row, pairs))


def _row(pair: Pair) -> str:
    sign, style = ("≠", ' class="ck-differs"') if pair.differs else ("", "")
    cells = "".join(f"<td>{escape(words or '')}</td>" for words in (sign, pair.left, pair.right))
    return f"<tr{style}>{cells}</tr>"
