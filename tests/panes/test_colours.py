"""The panes' colours: every one of them can be read, in the light theme and in the dark."""

import re
from itertools import product
from pathlib import Path

import pytest

import chatkit.panes

CSS = Path(chatkit.panes.__file__).with_name("colours.css").read_text(encoding="utf-8")
PEOPLE = [f"--ck-{number}" for number in range(6)]


def colours(selector):
    """The custom properties that the rule of this selector sets to a colour."""
    rule = re.search(rf"^{re.escape(selector)} {{(.*?)}}", CSS, re.DOTALL | re.MULTILINE)[1]
    return dict(re.findall(r"(--ck-[\w]+):[^;]*?(#[0-9a-f]{6})", rule))


def luminance(colour):
    """As WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.fixture(params=[".chatkit", '[data-jp-theme-light="false"] .chatkit'], ids=["light", "dark"])
def theme(request):
    return colours(request.param)


def test_black_on_white_has_the_contrast_that_the_standard_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_words_and_people_can_be_read_on_everything_that_is_behind_them(theme):
    pairs = [*product([*PEOPLE, "--ck-words"], ["--ck-back", "--ck-own"]), ("--ck-words", "--ck-soft")]
    pairs += product(["--ck-quiet", "--ck-trouble"], ["--ck-back"])
    dim = {pair: contrast(theme[pair[0]], theme[pair[1]]) for pair in pairs}
    assert {pair: value for pair, value in dim.items() if value < 4.5} == {}


def test_the_edges_of_boxes_and_buttons_can_be_seen(theme):
    assert contrast(theme["--ck-edge"], theme["--ck-back"]) >= 3


def test_six_people_have_six_colours(theme):
    assert len({theme[person] for person in PEOPLE}) == 6
