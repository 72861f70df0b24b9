"""A line as rows: nothing of it is lost, no row is too wide, and what goes on is indented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatkit.cli.editor import columns
from chatkit.cli.rows import INDENT, in_rows

LETTERS = st.text(st.sampled_from("aé界e\u0301 \U0001f600["), max_size=100)


@given(LETTERS, st.integers(8, 40))
def test_whatever_it_holds_no_row_is_too_wide_and_nothing_is_lost(text, width):
    first, *more = in_rows(text, width)
    assert first + "".join(row.removeprefix(INDENT) for row in more) == text
    assert all(row.startswith(INDENT) for row in more)
    assert max(map(columns, [first, *more])) <= width


def test_a_line_that_fits_is_one_row():
    assert in_rows("[ada] " + "x" * 34, 40) == ["[ada] " + "x" * 34]


def test_colours_take_no_columns():
    assert in_rows("\x1b[32m[ada]\x1b[0m " + "x" * 8, 10) == ["\x1b[32m[ada]\x1b[0m xxxx", "  xxxx"]


@pytest.mark.parametrize("width", [0, 1, 2, 3])
def test_a_terminal_without_a_width_gets_the_words_all_the_same(width):
    assert "".join(row.removeprefix(INDENT) for row in in_rows("x" * 30, width)) == "x" * 30


def test_a_megabyte_is_broken_at_once():
    assert len(in_rows("\u754c" * 300_000, 80)) > 7000
