"""One order for one story: what scheduling shuffles between two runs stands the same in both pictures.

The log's own order is never wrong, for nothing is written before its cause. But what the server sends to
several clients at once goes out in any order. So the log's order is kept, but for three things, and all only
inside a burst: steps that follow one another without a pause of three seconds, for on a busy machine even
what the server does at once may take a part of that.

1. What goes to clients with nothing else between it takes turns: everybody's first, then everybody's
   second, each time in the order of the people; FIN and RST come after bytes.
2. A late copy goes back: to the last line whose words it ends with, or if it does not get there to its
   brother, a chunk whose very bytes have gone to somebody else before (the second time to the second time,
   and so on). It passes only what is others': what the server sends, endings that go to the server, and
   chunks that go there whose lines it does not carry. It never passes a connection, a note or a silence.
3. A note about the server goes back before what the server has sent since, and before the goodbyes of those
   whom the server has left: it notes what the last chunk from somebody has led to.

So each person's order is kept, and what goes to the server never moves: who left before whom spoke is what
the log says. No effect comes before its cause: of all the lines that a copy could tell, it stays after the
last; and what caused its brother has caused it too. What has neither line nor brother, such as the first
notice that somebody has left, stays where the log has it. So whoever plays a scene waits for an effect
where the order matters. Seconds are used to find pauses, and for nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from chatkit.lab.events import Event, Kind, Way

ENDINGS = (Kind.FIN, Kind.RST)
BURST = 3.0  # seconds without a step, after which another burst begins
LATE = 0.25  # seconds on the way, after which one sees that it was late
NEXT_SLICE = 10.0  # seconds, in which the rest of a line comes from a wire that slices, on a busy machine too
_REACH = 64  # steps that a late copy may go back at most


class Step(NamedTuple):
    """An event as it was sent or, `arriving`, the moment when one that was `late` arrived after all."""

    event: Event
    time: float
    late: bool = False
    arriving: bool = False


def make_steps(events: Iterable[Event]) -> list[Step]:
    """Return the events in the order given, and among them the moments when late ones arrived.

    Late is what took longer than a quarter of a second, and did not just follow on the heels of what was not
    late: slices of one line arrive one after the other, and may take a while in all. (What a wire passes on
    as soon as it has read it took no time, says the log, however busy the machine was.)
    """
    steps, arrivals, now = [], [], 0.0
    before: dict[tuple[str, Way], tuple[float, bool]] = {}  # until when the next is on its heels; was it late
    for event in events:
        now, then = max(now, event.sent), event.arrived
        late = False
        if then is not None:
            heels, was_late = before.get((event.person, event.way), (0.0, True))
            late = then - event.sent > LATE and (was_late or then > heels)
            is_whole = event.kind != Kind.BYTES or event.data.endswith(b"\n")
            before[event.person, event.way] = then + (LATE if is_whole else NEXT_SLICE), late
        steps.append(Step(event, now, late))
        if late and then is not None:
            arrivals.append(Step(event, then, True, True))
    return sorted([*arrivals, *steps], key=lambda step: step.time) if arrivals else steps


def find_people(steps: Iterable[Step], first: Sequence[str] = ()) -> list[str]:
    """Return `first`, then who sent something, as they came, then who only heard something, by name."""
    came, heard = dict.fromkeys(first), set()
    for event, *_ in steps:
        if event.way == Way.TO_SERVER:
            came.setdefault(event.person)
        else:
            heard.add(event.person)
    return [name for name in (*came, *sorted(heard - came.keys())) if name]


def put_in_order(steps: Sequence[Step], people: Sequence[str], last: int) -> list[Step]:
    """Return the steps in the order that this file's docstring tells.

    Bursts that end before the `last` steps stay as they are: nobody will see them.
    """
    rank = {name: position for position, name in enumerate(people)}
    ordered: list[Step] = []
    hidden = len(steps) - last
    for burst in _bursts(steps):
        unseen = len(ordered) + len(burst) <= hidden
        ordered += burst if unseen else _arrange(burst, rank)
    return ordered


def _bursts(steps: Iterable[Step]) -> Iterator[list[Step]]:
    burst: list[Step] = []
    for step in steps:
        if burst and step.time - burst[-1].time > BURST:
            yield burst
            burst = []
        burst.append(step)
    yield burst


def _arrange(burst: list[Step], rank: dict[str, int]) -> Iterator[Step]:
    placed: list[tuple[Step, int]] = []  # with how often its bytes have gone to its person
    times: Counter[tuple[str, bytes]] = Counter()
    for step in burst:
        times[step.event.person, step.event.data] += 1
        nth = times[step.event.person, step.event.data]
        placed.insert(_place(step, nth, placed), (step, nth))
    for outward, run in groupby((step for step, _ in placed), _is_outward):
        yield from _take_turns(list(run), rank if outward else None)


def _place(step: Step, nth: int, placed: list[tuple[Step, int]]) -> int:
    """Return where a step belongs: right after its line or brother if it may go back there, or at the end."""
    place = len(placed)
    if step.event.kind == Kind.NOTE and not step.event.person:
        return _place_note([step for step, _ in placed])
    if not _is_outward(step) or step.event.kind != Kind.BYTES:
        return place
    for at in range(len(placed) - 1, max(-1, len(placed) - 1 - _REACH), -1):
        other, others_nth = placed[at]
        if other.event.person == step.event.person:
            break
        if _tells(step, other):
            return at + 1
        if _is_outward(other) and (other.event.data, others_nth) == (step.event.data, nth):
            place = at + 1
        if not _may_pass(step, other):
            break
    return place


def _place_note(placed: list[Step]) -> int:
    """Return where a note about the server belongs: after the last step that may have led to it."""
    place = len(placed)
    while place and (_is_outward(placed[place - 1]) or _answers_a_goodbye(placed[:place])):
        place -= 1
    return place


def _answers_a_goodbye(steps: list[Step]) -> bool:
    """Say whether the last of these is the goodbye of somebody to whom the server has said one before."""
    *before, last = (step.event for step in steps)
    return last.kind in ENDINGS and any(
        each.kind in ENDINGS and (each.way, each.person) == (Way.TO_CLIENT, last.person) for each in before
    )


def _tells(step: Step, other: Step) -> bool:
    """Say whether a chunk ends with a line that the other carried; the room's own words never do."""
    event = other.event
    if event.way != Way.TO_SERVER or other.arriving or step.event.data[:1] in (b"*", b"!", b"~"):
        return False
    lines = event.data.lower().splitlines(keepends=True)
    return any(line.strip() and step.event.data.lower().endswith(line) for line in lines)


def _may_pass(step: Step, other: Step) -> bool:
    if other.arriving or other.event.kind not in (Kind.BYTES, *ENDINGS):
        return False
    if other.event.way == Way.TO_SERVER and other.event.kind in ENDINGS:
        return True
    return other.event.way == Way.TO_CLIENT or not _carries(step.event.data, other.event.data)


def _carries(data: bytes, said: bytes) -> bool:
    """Say whether `data` may tell any line, or piece of a line, of what was said."""
    heard = data.lower()
    return any(line.strip() in heard for line in said.lower().splitlines()) or not said


def _is_outward(step: Step) -> bool:
    """Say whether the server sent it to a client, just now."""
    event = step.event
    return event.way == Way.TO_CLIENT and event.kind in (Kind.BYTES, Kind.FIN, Kind.RST) and not step.arriving


def _take_turns(run: list[Step], rank: dict[str, int] | None) -> list[Step]:
    if rank is None:
        return run
    turns: Counter[str] = Counter()
    ended: set[str] = set()
    keys = []
    for position, step in enumerate(run):
        person = step.event.person
        turns[person] += 1
        if step.event.kind != Kind.BYTES:
            ended.add(person)
        keys.append((person in ended, turns[person], rank.get(person, -1), position))
    return [run[position] for *_, position in sorted(keys)]
