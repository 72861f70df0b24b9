"""A picture's rows, one below the other: what each says, before anybody thinks of shapes or columns.

A row knows what became of its event, how its bytes are cut into lines, and how its person's connection
stands afterwards. This file knows no SVG; the picture and its twin in words are both made of these rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from chatkit.lab.diagram.order import Step
from chatkit.lab.diagram.words import Chunk, cut_lines
from chatkit.lab.events import Event, Kind, Way


class Fate(Enum):
    """What became of it; a late event has two rows, in which it is held and arrives."""

    ARRIVED = ""
    HELD = "held"
    LOST = "lost"
    LATE = "arrives now"


class Line(Enum):
    """How a person's connection stands."""

    UNKNOWN = "nothing known yet"
    OPEN = "open"
    HALF = "one of the two has said that it will send no more"
    SILENT = "nothing passes, and nobody knows"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `time` is in seconds since the first event, `line` how its person's connection stands then."""

    kind: Kind
    person: str
    way: Way
    fate: Fate
    line: Line
    time: float
    words: str
    chunk: Chunk


@dataclass
class _Connection:
    """What the rows so far tell of one person's connection."""

    line: Line = Line.UNKNOWN
    ended: set[Way] = field(default_factory=set)
    torn: dict[Way, bool] = field(default_factory=dict)  # whether the line that was sent last goes on

    def take(self, step: Step, fate: Fate) -> None:
        """Follow what a step does to the connection."""
        kind, way = step.event.kind, step.event.way
        told = fate in (Fate.ARRIVED, Fate.LATE) or (way == Way.TO_SERVER and not step.arriving)
        if kind == Kind.CONNECTED:
            self.line, self.ended, self.torn = Line.OPEN, set(), {}
        elif self.line == Line.OVER:
            return
        elif kind == Kind.RST and told:
            self.line = Line.OVER
        elif kind == Kind.FIN and told and self.line != Line.SILENT:
            self.ended.add(way)
            self.line = Line.OVER if len(self.ended) == 2 else Line.HALF
        elif kind == Kind.SILENCE:
            self.line = Line.SILENT

    def skip(self, step: Step) -> None:
        """Follow a step that gets no row."""
        self.take(step, _judge(step))
        if step.event.data and not step.arriving:
            event = step.event
            self.torn[event.way] = event.size > len(event.data) or not event.data.endswith(b"\n")

    def cut(self, step: Step) -> Chunk:
        """Cut a step's bytes into lines, given how the bytes before them ended."""
        event = step.event
        chunk = cut_lines(event.data, not self.torn.get(event.way), event.size)
        if event.data:
            self.torn[event.way] = not chunk.ends
        return chunk


def make_rows(steps: Sequence[Step], hidden: int = 0) -> tuple[list[Row], dict[str, Line]]:
    """Turn all but the first `hidden` steps into rows; they are in the order in which they are to be read.

    Return how people's connections stood above the first row, too.
    """
    connections = {person: _Connection(line) for person, line in _guess_first(steps).items()}
    held: dict[Event, Chunk] = {}  # cut already, for when it arrives
    began = min((step.time for step in steps), default=0.0)
    for step in steps[:hidden]:
        connections[step.event.person].skip(step)
    before = {person: connection.line for person, connection in connections.items()}
    return [
        _make_row(step, step.time - began, connections[step.event.person], held) for step in steps[hidden:]
    ], before


def _guess_first(steps: Iterable[Step]) -> dict[str, Line]:
    """Return how connections must have stood before anything happened: who just speaks was connected."""
    first: dict[str, Line] = {}
    noted: dict[str, Line] = {}
    for event, *_ in steps:
        if event.kind == Kind.NOTE:
            noted[event.person] = Line.UNKNOWN
        elif event.person not in first:
            first[event.person] = Line.UNKNOWN if event.kind == Kind.CONNECTED else Line.OPEN
    return noted | first


def _make_row(step: Step, time: float, connection: _Connection, held: dict[Event, Chunk]) -> Row:
    event, fate = step.event, _judge(step)
    connection.take(step, fate)
    chunk = held.pop(event, None) if step.arriving else None
    if chunk is None:
        chunk = connection.cut(step)
    if step.late:
        held[event] = chunk
    return Row(event.kind, event.person, event.way, fate, connection.line, time, event.words, chunk)


def _judge(step: Step) -> Fate:
    if step.arriving:
        return Fate.LATE
    if step.event.lost:
        return Fate.LOST
    return Fate.HELD if step.late or step.event.arrived is None else Fate.ARRIVED
