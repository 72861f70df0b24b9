"""An ear knows what was said: every lie is told by its kind, however TCP cuts it."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatkit.bench.load.book import Book
from chatkit.bench.load.dialects import DIALECTS
from chatkit.bench.load.ear import Ear, Faults

PREFIXES = {
    "budget chat": [b"[u0000] ", b"[u0001] ", b"[u0002] "],
    "irc": [b":u000%d!~u@127.0.0.1 PRIVMSG #room :" % who for who in range(3)],
    "ncat": [b"", b"", b""],
}


def a_book(dialect="budget chat", lines=4, size=64):
    book = Book(DIALECTS[dialect], lines, size)
    for prefix in PREFIXES[dialect]:
        book.enter(prefix)
    return book


def heard_lines(book, who):
    """The lines of a speaker's next batch, as others hear them."""
    first = book.said[who] * book.in_batch
    book.say(who)
    return [book.lines[who][first + index] for index in range(book.in_batch)]


def told(book, *pieces, own=0):
    ear = Ear(book, own)
    ear._due = [0] * len(book.said)
    ear._due[own] = -1
    for piece in pieces:
        ear.hear(piece)
    return ear.finish(), ear


def cut(data, places):
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize("dialect", list(DIALECTS))
@given(places=st.lists(st.integers(0, 10_000), max_size=12))
@settings(max_examples=40)
def test_what_is_right_is_right_however_it_is_cut(dialect, places):
    book = a_book(dialect)
    one, two = heard_lines(book, 1), heard_lines(book, 2)
    more = heard_lines(book, 1)
    notice = b"* u0009 has left the room\n" if dialect == "budget chat" else b""
    prefix = b"<user7> " if dialect == "ncat" else b""
    data = prefix + b"".join(one) + notice + prefix + b"".join(two) + prefix + b"".join(more)
    faults, ear = told(book, *cut(data, places))
    assert faults == Faults()
    assert ear.heard == 12
    assert len(ear.notices) == bool(notice)


@given(st.permutations([1] * 4 + [2] * 4), st.lists(st.integers(0, 10_000), max_size=6))
@settings(max_examples=40)
def test_speakers_may_be_mixed_line_by_line(turns, places):
    book = a_book()
    lines = {1: iter(heard_lines(book, 1)), 2: iter(heard_lines(book, 2))}
    data = b"".join(next(lines[who]) for who in turns)
    assert told(book, *cut(data, places))[0] == Faults()


@pytest.mark.parametrize(
    ("lie", "faults"),
    [
        (lambda lines: [lines[0], lines[2], lines[3]], Faults(lost=1)),
        (lambda lines: lines[:2], Faults(lost=2)),
        (lambda lines: [], Faults(lost=4)),
        (lambda lines: [*lines, lines[1]], Faults(doubled=1)),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], Faults(disordered=1)),
        (lambda lines: [lines[0], lines[1].upper(), *lines[2:]], Faults(lost=1, altered=1)),
        (lambda lines: [line.replace(b"[u0001]", b"[u0002]") for line in lines], Faults(lost=4, altered=4)),
        (lambda lines: [*lines[:3], lines[3][:-5]], Faults(lost=1, altered=1)),
        (lambda lines: [*lines, b"[u0001] words that nobody said\n"], Faults(altered=1)),
        (lambda lines: [*lines, b"\n"], Faults(altered=1)),
    ],
)
@pytest.mark.parametrize("places", [[], [70, 150], list(range(300))])
def test_a_lie_is_told_by_its_kind(lie, faults, places):
    book = a_book()
    data = b"".join(lie(heard_lines(book, 1)))
    assert told(book, *cut(data, places))[0] == faults


def test_a_line_of_ones_own_that_comes_back_is_an_echo():
    book = a_book()
    mine, theirs = heard_lines(book, 0), heard_lines(book, 1)
    assert told(book, b"".join([*theirs, mine[2]]))[0] == Faults(echoed=1)


def test_a_batch_said_long_ago_is_still_known():
    book = a_book()
    old = heard_lines(book, 1)
    batches = [old] + [heard_lines(book, 1) for _ in range(40)]
    assert told(book, b"".join(map(b"".join, batches)))[0] == Faults()
    assert told(book, b"".join(map(b"".join, [*batches, old])))[0] == Faults(doubled=4)


def test_who_comes_later_is_not_told_of_what_was_said_before():
    book = a_book()
    heard_lines(book, 1)
    ear = Ear(book, 0)
    ear.hear(b"".join(heard_lines(book, 1)))
    assert ear.finish() == Faults()


def test_lines_are_as_long_as_asked_for_and_never_the_same_twice():
    for size in (16, 64, 4096):
        book = a_book(size=size)
        said = [book.say(who) for who in (0, 1, 2) for _ in range(5)]
        lines = [line for batch in said for line in batch.splitlines(keepends=True)]
        assert {len(line) for line in lines} == {size}
        assert len(set(lines)) == len(lines) == 3 * 5 * 4


@pytest.mark.parametrize(("lines", "size"), [(0, 64), (1000, 64), (1, 13)])
def test_what_cannot_be_said_is_refused(lines, size):
    with pytest.raises(ValueError, match="a line has 14 bytes"):
        Book(DIALECTS["budget chat"], lines, size)
