"""A whole room in JupyterLab: the founding bug on panes, board and diagram, and every button of a plug."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NAIVE = """
from chatkit.lab import open_room
from chatkit.panes import show
from chatkit.specimens.naive import Naive
room = open_room(Naive)
"""
SHOW = 'show(room, "ada", "linus", "grace")'
CUT_OFF = """board => {  // what the spinning one's row does not show all of, at the longest rate there is
    const shown = cell => cell.clientWidth && cell.scrollWidth <= cell.clientWidth;
    const row = board.querySelector(".ck-spins");
    row.querySelector(".ck-rate").textContent = "888,000";
    const cells = [...row.querySelectorAll("th, td:not(.ck-number)")];
    return cells.filter(cell => !shown(cell)).map(cell => cell.textContent);
}"""
GOOD = 'room = open_room(); show(room, "ada", "linus", "grace")'


@pytest.fixture(scope="module")
def notebook(lab, open_notebook):
    """A notebook that opens the naive server's room, shows it, draws it; and then a good server's."""
    return open_notebook(lab.write("room.ipynb", NAIVE, SHOW, "room.diagram()", GOOD, "room.board.look()"))


@pytest.fixture(scope="module")
def board(notebook):
    return notebook.main.get_by_role("region", name="board").last


@pytest.fixture(scope="module")
def diagram(notebook):
    return notebook.main.get_by_role("region", name="diagram").last


@pytest.fixture(scope="module")
def naive(notebook):
    """The room of the naive server, all three in it."""
    notebook.run(0)
    notebook.run(1)
    for name in ("ada", "linus", "grace"):
        notebook.pane(name).is_said_to_be("in the room")
    return notebook


def row(board, who):
    """A row of the board."""
    return board.get_by_role("row").filter(has=board.page.get_by_role("rowheader", name=who, exact=True))


def test_a_polite_goodbye_sets_a_handler_spinning_and_the_next_speaker_pays(naive, board, diagram):
    ada, linus, grace = (naive.pane(name) for name in ("ada", "linus", "grace"))
    expect(row(board, "linus")).to_contain_text("waits")
    linus.presses("Leave")
    linus.is_said_to_be("outside")
    expect(row(board, "linus")).to_contain_text("SPINS")
    expect(row(board, "linus")).to_contain_text("CLOSE_WAIT")
    expect(row(board, "linus").locator(".ck-rate")).to_contain_text(re.compile(r"\d,\d{3}|\d M"))
    expect(diagram).to_contain_text("FIN (no more from linus)")
    for width in (900, 1000, 1280):
        naive.resize(width, 900)
        assert board.evaluate(CUT_OFF) == []
    ada.types("one")
    grace.reads("one")
    expect(diagram).to_contain_text("RST")
    ada.types("two")
    ada.is_said_to_be("outside")
    expect(diagram).to_contain_text("BrokenPipeError in broadcast")
    assert "two" not in grace.rows
    expect(board).to_contain_text("SPINS")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_wrong_with_the_room(naive, theme):
    naive.theme(theme)
    assert Axe().run(naive.page, ".jp-OutputArea-output").generate_snapshot() == ""


def test_all_of_it_is_on_one_screen_and_nothing_jumps(naive, board, diagram):
    place = board.bounding_box(), diagram.bounding_box()
    top = naive.pane("ada").pane.bounding_box()["y"]
    assert place[1]["y"] + place[1]["height"] - top < 760  # pixels: what JupyterLab leaves of a window of 900
    naive.pane("grace").types("anybody?")
    expect(diagram).to_contain_text("anybody?")
    assert (board.bounding_box(), diagram.bounding_box()) == place


def test_the_cells_of_a_row_of_the_board_are_of_one_height(naive, board):
    cells = board.locator("tbody tr").first.locator("th, td")
    heights = cells.evaluate_all("cells => cells.map(cell => cell.getBoundingClientRect().height)")
    assert len(set(heights)) == 1


def test_a_diagram_in_a_cell_is_a_picture_that_is_saved(naive, lab):
    naive.run(2)
    picture = naive.main.locator(".jp-RenderedSVG img")
    expect(picture).to_be_visible()
    for width in (900, 1280, 2000):  # it fits, and does not grow
        naive.resize(width, 900)
        box, place = picture.bounding_box(), naive.main.locator(".jp-RenderedSVG").bounding_box()
        assert box["width"] <= min(place["width"], 800)
    naive.resize(1280, 900)
    naive.save()
    assert "BrokenPipeError in broadcast" in (lab.folder / "room.ipynb").read_text()


def test_a_look_at_the_board_fits_a_narrow_window_and_breaks_no_word(notebook):
    notebook.run(4)
    table = notebook.main.locator(".ck-look")
    expect(table).to_contain_text("verdict")
    notebook.resize(900, 900)
    heights = table.locator("tr").evaluate_all("all => all.map(each => each.clientHeight)")
    assert max(heights) < 30
    place = notebook.main.locator(
        ".jp-OutputArea-output", has=notebook.page.locator(".ck-look")
    ).bounding_box()
    box = table.bounding_box()
    assert box["x"] + box["width"] <= place["x"] + place["width"]
    notebook.resize(1280, 900)


def test_the_plug_s_buttons_do_to_a_good_room_what_they_say(notebook, diagram):
    notebook.run(3)
    ada, linus, grace = (notebook.pane(name, -1) for name in ("ada", "linus", "grace"))
    for each in (ada, linus, grace):
        each.is_said_to_be("in the room")
    ada.presses("Slice")
    ada.types("slow")
    grace.reads("slow")
    ada.presses("Unslice")
    linus.presses("Freeze")
    ada.types("while linus is frozen")
    grace.reads("while linus is frozen")
    assert "while linus is frozen" not in linus.rows
    linus.presses("Thaw")
    linus.reads("while linus is frozen")
    linus.presses("Half-close")
    grace.reads("linus has left the room")
    linus.reads("you half-closed (FIN)")
    ada.presses("Reset")
    ada.is_said_to_be("outside")
    ada.reads("you cut the connection (RST)")
    grace.reads("ada has left the room (connection lost)")
    ada.presses("Join again")
    grace.reads("ada has entered the room")
    ada.presses("Hang up")
    ada.reads("you hung up (FIN)")
    assert ada.log.locator(".ck-trouble").count() == 0
    grace.presses("Go silent")
    grace.types("can anybody hear me?")
    expect(grace.pane.get_by_role("button", name="Go silent")).to_be_disabled()
    expect(diagram).to_contain_text("silen")


def test_a_button_that_can_do_nothing_says_why_and_a_reset_leads_out_of_the_silence(notebook):
    ada, grace = notebook.pane("ada", -1), notebook.pane("grace", -1)
    expect(ada.button("Freeze")).to_be_disabled()
    expect(ada.button("Freeze")).to_have_attribute("title", "ada is not in the room")
    for name in ("Hang up", "Half-close", "Freeze", "Slice", "Go silent"):
        expect(grace.button(name)).to_be_disabled()
        expect(grace.button(name)).to_have_attribute("title", re.compile("only Reset ends that"))
    grace.presses("Leave")
    grace.reads("nobody was told")
    grace.presses("Join again")
    grace.reads("the name grace is in use")
    grace.presses("Reset")
    expect(grace.button("Reset")).to_be_disabled()
    grace.presses("Join again")
    grace.is_said_to_be("in the room")
    expect(grace.button("Go silent")).to_be_enabled()


def test_in_a_small_window_the_board_shows_all_rows_and_the_plug_is_one_line(notebook, board, diagram):
    panes = [notebook.pane(name, -1) for name in ("ada", "linus", "grace")]
    for pane in panes[:2]:
        pane.presses("Join again")
        pane.is_said_to_be("in the room")
    for who in ("listener", "ada", "linus", "grace", "switchboard"):
        expect(row(board, who)).to_have_count(1)
    notebook.resize(1280, 800)
    panes[0].presses("Slice")  # its word grows
    expect(panes[0].button("Unslice")).to_be_enabled()
    for pane in panes:
        tops = pane.plug.get_by_role("button").evaluate_all("all => all.map(each => each.offsetTop)")
        assert len(set(tops)) == 1
        assert pane.log.evaluate("log => log.clientHeight") > 130
    assert board.evaluate("board => board.scrollHeight <= board.clientHeight")
    assert board.locator("tbody th").evaluate_all(
        "all => all.every(each => each.scrollWidth <= each.clientWidth)"
    )
    top, low = panes[0].pane.bounding_box()["y"], diagram.bounding_box()
    assert low["y"] + low["height"] - top < 660  # pixels: what JupyterLab leaves of a window of 800
    notebook.resize(900, 800)
    expect(board.get_by_role("rowheader", name="ada")).to_be_attached()
    assert board.evaluate("board => board.scrollWidth <= board.clientWidth")
    notebook.resize(1280, 900)


def test_a_kernel_that_is_started_anew_leaves_no_board_that_seems_alive(notebook, board):
    expect(board).to_contain_text("waits")
    notebook.restart()
    expect(board).to_have_text("not connected: run the first cell")
    notebook.pane("ada", -1).is_said_to_be("not connected")


def test_a_notebook_opened_again_shows_the_room_as_it_goes_on(notebook, open_notebook, board, diagram):
    notebook.until_idle()
    notebook.run(0)
    notebook.run(3)
    notebook.pane("grace", -1).is_said_to_be("in the room")
    notebook.save()
    again = open_notebook(notebook.name)
    again.pane("ada", -1).types("here again")
    again.pane("grace", -1).reads("here again")
    expect(diagram).to_contain_text("here again")
    expect(board).to_contain_text("waits")
