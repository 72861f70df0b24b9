"""One pane in a real JupyterLab, and a plain socket that talks with it."""

import json
import os
import signal

import pytest
from foreign import NAME, foreign_server
from playwright.sync_api import expect
from talker import Talker

pytestmark = pytest.mark.browser

ROOM = """
import os
from pathlib import Path
from chatkit.lab import open_room
from chatkit.panes import ChatPane
room = open_room()
ada = ChatPane(*room.address, "ada")
Path("room").write_text(f"{room.address[1]} {os.getpid()}")
ada
"""
BUSY = """
import time
while Path("busy").exists():
    time.sleep(0.01)
"""
ABROAD = """
port = Path("abroad")
ChatPane("127.0.0.1", int(port.read_text()), "linus") if port.exists() else None
"""
PAYLOADS = [
    "<img src=x onerror=hacked=1>",
    "<script>hacked=1</script>",
    "</script><svg/onload=hacked=1>",
    "<iframe srcdoc='<script>top.hacked=1</script>'>",
    '"><b onmouseover=hacked=1>&lt;b&gt;',
]


@pytest.fixture(scope="module")
def notebook(lab, open_notebook):
    """A notebook with a room and ada's pane in it, twice."""
    notebook = open_notebook(lab.write("room.ipynb", ROOM, "ada", BUSY, ABROAD))
    notebook.run_all()
    return notebook


@pytest.fixture
def ada(notebook):
    """The first of the two views of ada's pane."""
    return notebook.pane("ada", 0)


@pytest.fixture
def kernel(lab):
    """The kernel's room and its process."""
    port, process = (lab.folder / "room").read_text().split()
    return ("127.0.0.1", int(port)), int(process)


@pytest.fixture
def grace(kernel):
    grace = Talker(kernel[0], "grace")
    yield grace
    grace.leaves()


def test_two_views_of_a_pane_show_the_same_rows_each_once(notebook, ada, grace):
    again = notebook.pane("ada", 1)
    ada.types("typed into one")
    again.types("typed into the other")
    grace.hears("[ada] typed into one", "[ada] typed into the other")
    grace.says("heard both")
    again.reads("heard both")
    ada.reads("heard both")
    assert ada.rows == again.rows
    assert [ada.rows.count(words) for words in ("typed into one", "typed into the other", "heard both")] == [
        1,
        1,
        1,
    ]


def test_a_thousand_messages_are_shown_in_less_than_two_seconds(notebook, ada, grace):
    ada.log.evaluate(
        """log => new MutationObserver(() => {
            log.began ??= performance.now();
            if (log.textContent.includes("flood 999")) log.ended ??= performance.now();
        }).observe(log, {childList: true})"""
    )
    grace.says(*(f"flood {number}" for number in range(1000)))
    ada.reads("flood 999")
    assert ada.log.evaluate("log => log.ended - log.began") < 2000
    assert ada.rows[-500:] == [f"flood {number}" for number in range(500, 1000)]
    assert len(ada.rows) == 500


def test_who_reads_above_is_left_there_and_told_how_much_is_new(ada, grace):
    grace.says(*(f"old {number}." for number in range(100)))
    last, read = ada.log.get_by_text("old 99."), ada.log.get_by_text("old 50.")
    expect(last).to_be_in_viewport()
    read.scroll_into_view_if_needed()
    expect(last).not_to_be_in_viewport()
    place = read.bounding_box()
    grace.says("one", "two", "three")
    new = ada.pane.get_by_role("button", name="3 new")
    expect(new).to_be_visible()
    assert abs(read.bounding_box()["y"] - place["y"]) < 1
    new.click()
    expect(ada.log.get_by_text("three", exact=True)).to_be_in_viewport()
    expect(new).to_be_hidden()


def test_words_that_look_like_markup_are_words(notebook, lab, ada, grace):
    grace.says(*PAYLOADS)
    ada.reads(*PAYLOADS)
    ada.types(PAYLOADS[0])
    grace.hears(f"[ada] {PAYLOADS[0]}")
    assert ada.pane.locator("img, script, svg, iframe, b").count() == 0
    assert notebook.page.evaluate("typeof hacked") == "undefined"


@pytest.fixture
def abroad(lab):
    """A server of somebody else's; its port stands in a file."""
    with foreign_server() as port:
        (lab.folder / "abroad").write_text(str(port))
        yield
        (lab.folder / "abroad").unlink()


def test_names_that_look_like_markup_are_names(notebook, abroad):
    notebook.run(3)
    linus = notebook.pane("linus")
    linus.reads("end")
    expect(linus.pane).to_contain_text(f"in the room with {NAME}")
    assert linus.pane.locator("img").count() == 0
    assert notebook.page.evaluate("typeof hacked") == "undefined"
    linus.presses("Leave")


def test_while_a_cell_runs_the_pane_goes_on(notebook, lab, ada, grace):
    (lab.folder / "busy").touch()
    notebook.run(2)
    expect(notebook.prompts.nth(2)).to_have_text("[*]:")
    ada.types("while a cell runs")
    grace.hears("[ada] while a cell runs")
    grace.says("heard")
    ada.reads("while a cell runs", "heard")
    (lab.folder / "busy").unlink()
    notebook.until_idle()


def test_keys_typed_in_a_pane_are_the_pane_s_and_saving_still_works(notebook, lab, ada):
    cells = notebook.main.locator(".jp-Cell")
    before = cells.count()
    ada.box.fill("")
    ada.box.press_sequentially("bbddaa")
    expect(ada.box).to_have_value("bbddaa")
    ada.log.press("b")
    ada.pane.get_by_role("button", name="Send").press("b")
    assert cells.count() == before
    notebook.save()
    saved = json.loads((lab.folder / "room.ipynb").read_text())
    state = json.dumps(saved["metadata"]["widgets"])
    assert "chatkit-pane" in state  # the pane is saved, and nothing that anybody said or is called
    assert [word for word in ("grace", "flood", "onerror", "typed into one") if word in state] == []


def test_a_page_that_is_loaded_again_shows_everything_again(open_notebook, notebook, ada, grace):
    grace.says("before the page is loaded again")
    ada.reads("before the page is loaded again")
    rows = ada.rows
    notebook.save()
    open_notebook("room.ipynb")
    ada.reads("before the page is loaded again")
    assert ada.rows == rows
    ada.types("still here")
    grace.hears("[ada] still here")


def test_a_kernel_that_dies_is_noticed_and_so_it_is_by_a_notebook_opened_later(
    open_notebook, notebook, ada, kernel
):
    notebook.save()
    os.kill(kernel[1], signal.SIGKILL)
    ada.is_said_to_be("not connected: run the first cell")
    open_notebook("room.ipynb")
    pane = notebook.main.get_by_role("group", name="chat pane").first  # nobody's name is saved
    expect(pane.get_by_role("status")).to_have_text("\u2715 not connected: run the first cell")
