"""What the terminal app looks like, compared with pictures in this folder, to the letter and the colour."""

import difflib

import pytest
from pictures import KEPT, README, SCENES, take

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.mark.parametrize("name", sorted(SCENES))
def test_it_looks_as_it_did(name):
    kept = (KEPT / f"{name}.svg").read_text(encoding="utf-8").splitlines()
    now = take(name).splitlines()
    changed = list(difflib.unified_diff(kept, now, "kept", "now", lineterm="", n=0))
    meant = "if it is meant: python3 tests/terminal/pictures.py, and look at them"
    assert not changed, "\n".join([f"{name} looks different, {meant}", *changed])


def test_the_readmes_picture_is_one_of_them():
    assert README.read_text(encoding="utf-8") in [
        path.read_text(encoding="utf-8") for path in KEPT.glob("*.svg")
    ]


def test_no_picture_fetches_anything():
    for path in KEPT.glob("*.svg"):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text.replace("https://www.textualize.io", ""), path.name
