"""The board's numbers in words: short enough for their columns, whatever the machine can do."""

import pytest

from chatkit.lab.board_text import rate


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (None, ""),
        (0.0, "0"),
        (999.4, "999"),
        (12_345.0, "12,300"),
        (765_432.1, "765,000"),
        (999_400.0, "999,000"),
        (999_600.0, "1 M"),
        (1_040_000.0, "1.04 M"),
        (12_345_678.0, "12.3 M"),
        (123_456_789.0, "123 M"),
    ],
)
def test_a_rate_is_told_in_three_digits_and_never_in_more_than_seven_characters(number, words):
    assert rate(number) == words
    assert len(words) <= 7
