"""The limits of `chatkit serve`: each has an option with its default and its reason, and is kept to."""

import argparse
from dataclasses import fields

import pytest

from chatkit.cli.limiting import TABLE, add_options, to_limits
from chatkit.limits import Limits


def parse(*words):
    parser = argparse.ArgumentParser()
    add_options(parser)
    return to_limits(parser.parse_args(words))


def test_every_limit_has_an_option():
    assert sorted(field for _, field, _, _ in TABLE) == sorted(field.name for field in fields(Limits))


def test_without_an_option_each_limit_is_the_default():
    assert parse() == Limits()


def test_an_option_sets_its_limit_and_no_other():
    assert parse("--per-address", "3", "--rate", "0.5") == Limits(per_address=3, rate=0.5)


@pytest.mark.parametrize(
    "words", [("--burst", "0"), ("--rate", "-1"), ("--outbox", "1.5"), ("--linger", "nan")]
)
def test_what_is_no_number_above_zero_is_refused_in_words(words, capsys):
    with pytest.raises(SystemExit):
        parse(*words)
    assert "number above 0" in capsys.readouterr().err
