"""Framing: however the bytes were cut, the lines are the same; and memory is bounded, whatever arrives."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatkit.framing import MAX_LINE, LineReader


def cut(data, places):
    """Cut `data` at these places, in any order and however many."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


def read(chunks, limit=MAX_LINE):
    reader = LineReader(limit)
    return [line for chunk in chunks for line in reader.feed(chunk)], reader


@pytest.mark.fault(20)
@given(st.lists(st.binary().filter(lambda line: b"\n" not in line)), st.lists(st.integers(min_value=0)))
def test_any_cut_gives_the_same_lines(lines, places):
    stream = b"".join(line + b"\n" for line in lines)
    heard, reader = read(cut(stream, places))
    assert heard == [line.removesuffix(b"\r") for line in lines]
    assert reader.tail == b""


def test_two_lines_in_one_chunk_are_two_lines():
    assert read([b"one\ntwo\n"])[0] == [b"one", b"two"]


def test_a_line_in_single_bytes_is_one_line():
    assert read([bytes([byte]) for byte in b"hello\r\n"])[0] == [b"hello"]


def test_a_return_is_dropped_only_at_the_end():
    assert read([b"a\rb\r\r\n"])[0] == [b"a\rb\r"]


def test_an_empty_line_is_a_line():
    assert read([b"\n\r\n\n"])[0] == [b"", b"", b""]


def test_an_unfinished_line_waits():
    lines, reader = read([b"done\nhalf a li"])
    assert (lines, reader.tail) == ([b"done"], b"half a li")


@pytest.mark.parametrize("length", [1, 9])
def test_a_line_may_have_exactly_its_limit_with_the_newline(length):
    lines, reader = read([b"x" * length + b"\n"], limit=length + 1)
    assert lines == [b"x" * length]
    assert not reader.too_long


@given(st.lists(st.integers(min_value=0)), st.integers(min_value=1, max_value=50))
def test_a_longer_line_ends_it_and_the_lines_before_are_given(places, excess):
    stream = b"first\nsecond\n" + b"x" * (9 + excess) + b"\nlater\n"
    lines, reader = read(cut(stream, places), limit=10)
    assert lines == [b"first", b"second"]
    assert reader.too_long


def test_too_long_is_known_before_the_newline_comes():
    _, reader = read([b"x" * 10], limit=10)
    assert reader.too_long


@pytest.mark.fault(21)
def test_nothing_is_kept_of_an_endless_line():
    reader = LineReader(limit=100)
    for _ in range(1000):
        assert reader.feed(b"x" * 1000) == []
        assert len(reader.tail) < 100
    assert reader.too_long
