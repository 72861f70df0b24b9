"""Lesson 0 in a real JupyterLab: run, played with by hand, seen in both themes, run again after a restart."""

import pytest
import rerun
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from talker import Talker

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lesson(lab, open_notebook):
    """The lesson, after Run All."""
    notebook = open_notebook(lab.copy(rerun.FOLDER / "00-a-room-in-five-minutes.ipynb"))
    notebook.run_all()
    return notebook


@pytest.fixture
def ada(lesson):
    return lesson.pane("ada")


@pytest.fixture
def grace(lesson):
    return lesson.pane("grace")


@pytest.fixture
def linus(lesson):
    return lesson.pane("linus")


def test_what_one_types_the_two_others_read(ada, grace, linus):
    ada.types("typed by hand")
    grace.reads("typed by hand")
    linus.reads("typed by hand")
    expect(ada.log.locator(".ck-own").last).to_have_text("you typed by hand")
    expect(ada.box).to_be_empty()
    expect(ada.box).to_be_focused()


def test_leaving_by_keyboard_and_coming_back_by_mouse(ada, grace, linus):
    linus.pane.get_by_role("button", name="Leave").press("Enter")
    linus.is_said_to_be("outside")
    expect(linus.box).to_be_disabled()
    expect(ada.pane).to_contain_text("in the room with grace")
    ada.reads("linus has left the room")
    linus.presses("Join again")
    linus.is_said_to_be("in the room")
    linus.types("I am back")
    ada.reads("I am back")
    grace.reads("I am back")


def test_a_terminal_joins_by_the_commands_on_the_card(lesson, ada):
    card = lesson.main.locator(".chatkit-card")
    expect(card).to_contain_text("nc")
    command = card.text_content().splitlines()[0]  # the inner text is only that of cells that are in sight
    nc, host, port = command.split()
    assert nc == "nc"
    terminal = Talker((host, int(port)), "terminal")
    terminal.says("hello from a terminal")
    ada.reads("terminal has entered the room", "hello from a terminal")
    ada.types("hello, terminal")
    terminal.hears("[ada] hello, terminal")
    terminal.leaves()
    ada.reads("terminal has left the room")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_wrong_with_the_panes(lesson, linus, theme):
    lesson.theme(theme)
    linus.presses("Leave")  # so that both states are looked at
    linus.is_said_to_be("outside")
    results = Axe().run(lesson.page, ".chatkit-row")
    assert results.response["passes"]
    expect(linus.log).to_have_attribute("aria-live", "polite")
    assert results.generate_snapshot() == ""
    linus.presses("Join again")
    linus.is_said_to_be("in the room")


def test_after_a_restart_of_the_kernel_a_pane_says_so_and_running_all_works_again(lesson, ada, grace, linus):
    lesson.restart()
    for pane in (ada, grace, linus):
        pane.is_said_to_be("not connected: run the first cell")
        expect(pane.box).to_be_disabled()
    lesson.until_idle()
    lesson.run_all()
    ada.types("all over again")
    grace.reads("all over again")
    linus.reads("all over again")
