"""Lesson 5 as a learner does it: pull the plug by hand, see the misery, type the mend, see it survive."""

import re

import pytest
import rerun
from playwright.sync_api import expect

from chatkit.exercises import exercise

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lesson(lab, open_notebook):
    return open_notebook(lab.copy(rerun.FOLDER / "05-the-goodbye-nobody-hears.ipynb"))


def cell(lesson, words):
    """The number of the code cell in which these words stand."""
    path = rerun.FOLDER / lesson.name
    sources = [each.source for each in rerun.code_cells(rerun.read(path))]
    (number,) = [number for number, source in enumerate(sources) if words in source]
    return number


def output(lesson, words):
    return lesson.main.locator(".jp-CodeCell").nth(cell(lesson, words)).locator(".jp-OutputArea")


def row(lesson, who):
    board = lesson.main.get_by_role("region", name="board").last
    return board.get_by_role("row").filter(has=lesson.page.get_by_role("rowheader", name=who, exact=True))


def test_leaving_by_hand_shows_the_bug(lesson):
    for number in range(cell(lesson, "linus.leave()\nlook")):
        lesson.run(number)
    ada, linus, grace = (lesson.pane(name) for name in ("ada", "linus", "grace"))
    lesson.main.get_by_text("it never runs").first.click()
    linus.presses("Leave")
    linus.is_said_to_be("outside")
    expect(row(lesson, "linus")).to_contain_text("SPINS")
    expect(row(lesson, "linus").locator(".ck-rate")).to_contain_text(re.compile(r"\d,\d{3}|\d M"))
    ada.types("one")
    grace.reads("one")
    ada.types("two")
    ada.is_said_to_be("outside")
    assert "two" not in grace.rows


def test_the_mend_is_typed_and_the_same_scene_survives(lesson):
    lesson.run_all()
    expect(output(lesson, "%%answer goodbye")).to_contain_text("goodbye: not yet.")
    number = cell(lesson, "%%answer goodbye")
    lesson.main.locator(".jp-CodeCell").nth(number).locator(".cm-content").click()
    lesson.page.keyboard.press("Control+a")
    lesson.page.keyboard.insert_text("%%answer goodbye\n" + exercise("goodbye").reference.code)
    lesson.page.keyboard.press("Control+Enter")
    expect(output(lesson, "%%answer goodbye")).to_contain_text("goodbye: passed.")
    lesson.run(cell(lesson, "open_room(Mended)"))
    lesson.run(cell(lesson, "print(grace.text)"))
    expect(output(lesson, "print(grace.text)")).to_contain_text("[ada] two")
    grace = lesson.pane("grace", -1)
    grace.reads("linus has left the room", "one", "two")
    lesson.pane("ada", -1).is_said_to_be("in the room")
    expect(row(lesson, "linus")).to_have_count(0)
    expect(row(lesson, "grace")).to_contain_text("waits")
