"""One pane in a real JupyterLab, and a plain socket that talks with it."""

import pytest
from foreign import NAME, foreign_server
from playwright.sync_api import expect
from talker import Talker

pytestmark = pytest.mark.browser

PAYLOADS = [
    "<img src=x onerror=hacked=1>",
    "<script>hacked=1</script>",
    "</script><svg/onload=hacked=1>",
    "<iframe srcdoc='<script>top.hacked=1</script>'>",
    '"><b onmouseover=hacked=1>&lt;b&gt;',
]


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


def test_a_thousand_messages_are_shown_in_batches(ada, grace):
    ada.log.evaluate(
        """log => {
            log.batches = 0;
            new MutationObserver(() => log.batches++).observe(log, {childList: true});
        }"""
    )
    grace.says(*(f"flood {number}" for number in range(1000)))
    ada.reads("flood 999")
    assert 0 < ada.log.evaluate("log => log.batches") < 100
    assert ada.rows[-500:] == [f"flood {number}" for number in range(500, 1000)]
    assert len(ada.rows) == 500


def test_who_reads_above_is_left_there_and_told_how_much_is_new(ada, grace):
    grace.says(*(f"old {number}." for number in range(100)))
    ada.box.scroll_into_view_if_needed()
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


def test_a_guest_whose_own_colour_is_taken_has_another(kernel, ada, grace):
    maria = Talker(kernel[0], "maria")  # by her name she would be as blue as ada
    maria.says("what colour am I?")
    ada.reads("what colour am I?")
    colours = [ada.pane.locator(".ck-name"), ada.log.locator(".ck-said").last]
    mine, hers = (each.get_attribute("data-colour") for each in colours)
    assert mine == "0"
    assert hers not in ("0", "4")  # nor grace's
    maria.leaves()
    ada.reads("maria has left the room")


@pytest.mark.fault(17)
def test_words_that_look_like_markup_are_words(notebook, lab, ada, grace):
    grace.says(*PAYLOADS)
    ada.reads(*PAYLOADS)
    ada.types(PAYLOADS[0])
    grace.hears(f"[ada] {PAYLOADS[0]}")
    assert ada.pane.locator("img, script, svg, iframe, b").count() == 0
    assert notebook.page.evaluate("typeof hacked") == "undefined"


def test_whoever_is_called_you_is_not_taken_for_oneself(kernel, ada, grace):
    ada.types("this is mine")
    ada.reads("this is mine")
    mine, you = ada.log.get_by_text("you", exact=True), Talker(kernel[0], "you")
    count = mine.count()
    you.says("I owe you money")
    grace.hears_until("[you] I owe you money")
    ada.reads("I owe you money")
    expect(ada.log.get_by_text("you (a name)")).to_be_visible()
    assert mine.count() == count
    you.leaves()


@pytest.fixture
def abroad(lab):
    """A server of somebody else's; its port stands in a file."""
    with foreign_server() as port:
        (lab.folder / "abroad").write_text(str(port))
        yield
        (lab.folder / "abroad").unlink()


@pytest.mark.fault(17)
def test_names_that_look_like_markup_are_names(notebook, abroad):
    notebook.run(3)
    linus = notebook.pane("linus")
    linus.reads("end")
    expect(linus.pane).to_contain_text(f"in the room with {NAME}")
    assert linus.pane.locator("img").count() == 0
    assert notebook.page.evaluate("typeof hacked") == "undefined"
    linus.presses("Leave")


def test_a_line_that_is_refused_comes_back_to_be_mended(ada, grace):
    ada.types("x" * 4200)
    ada.reads("a server takes 4096 at most")
    expect(ada.box).to_have_value("x" * 4200)
    ada.types("shorter")
    grace.hears("[ada] shorter")
    expect(ada.box).to_be_empty()


def test_in_a_narrower_window_the_last_row_is_still_in_view(notebook, ada, grace):
    grace.says(*["a line that is long enough to be broken in a narrow pane, " * 3] * 20, "the last one")
    ada.reads("the last one")
    for width in (700, 1280):
        notebook.resize(width, 900)
        ada.is_at_its_end()
