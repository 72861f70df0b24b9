"""The view of a pane by itself, in a real browser: the kernel is a script that says what a test wants."""

import pytest
from playwright.sync_api import expect

from chatkit.panes import ChatPane

pytestmark = pytest.mark.browser

RENDER = """async (code) => {
    const module = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    const asked = [], hears = {};
    const on = (what, does) => (hears[what] = does), send = (message) => asked.push(message);
    const model = { on, off: () => {}, send };
    document.body.replaceChildren(document.createElement("main"));
    module.default.render({ model, el: document.querySelector("main") });
    window.kernel = { asked, tell: hears["msg:custom"], dies: hears["comm_live_update"] };
}"""
TELL = """(rows) => kernel.tell(
    { everything: true, name: "ada", status: "joined", others: [], recorded: null, plug: null, rows }
)"""


class Alone:
    """A view, and the kernel it talks to."""

    def __init__(self, page):
        self.page = page
        self.box, self.log = page.get_by_role("textbox"), page.get_by_role("log")
        self._count = 0
        page.evaluate(RENDER, ChatPane._esm)
        self.is_told()

    def is_told(self, *rows):
        """Tell it rows: of which kind, who speaks, and the words."""
        numbered = [[self._count + number, *row] for number, row in enumerate(rows, 1)]
        self._count += len(rows)
        self.page.evaluate(TELL, numbered)

    def types(self, *lines):
        for line in lines:
            self.box.fill(line)
            self.box.press("Enter")

    @property
    def rows(self):
        return self.log.locator(".ck-row").all_inner_texts()


@pytest.fixture
def view(page):
    return Alone(page)


def test_what_was_typed_into_a_kernel_that_stands_still_is_not_lost_with_it(view):
    view.types("precious one", "precious two", "/quit")
    assert view.page.evaluate("kernel.asked.slice(-3).map(({ text }) => text)") == [
        "precious one",
        "precious two",
        "/quit",
    ]
    view.is_told(["own", "ada", "precious one"])
    view.page.evaluate("kernel.dies()")
    assert view.rows == ["you precious one", "perhaps not sent: precious two"]
    view.page.evaluate("kernel.dies()")
    assert len(view.rows) == 2


def test_words_that_were_said_do_not_come_back_with_the_next_trouble(view):
    """The kernel replaces what could hide text, so they look different when they return."""
    view.types("soft\u00adhyphen")
    view.is_told(["own", "ada", "soft\ufffdhyphen"])
    view.is_told(["trouble", "", "the server has gone"])
    expect(view.box).to_be_empty()


def test_each_line_that_nobody_takes_comes_back_as_far_as_there_is_room(view):
    view.types("one", "two")
    view.is_told(["own", "ada", "one"], ["trouble", "", "that line is too long"])
    expect(view.box).to_have_value("two")


def test_a_flood_is_not_read_out_and_what_comes_after_it_is(view):
    expect(view.log).to_have_attribute("aria-live", "polite")
    view.is_told(*[["said", "grace", str(number)] for number in range(5)])
    assert view.log.get_attribute("aria-live") == "polite"
    view.is_told(*[["said", "grace", str(number)] for number in range(50)])
    assert view.log.get_attribute("aria-live") == "off"
    expect(view.log).to_have_attribute("aria-live", "polite")


def test_no_words_of_a_server_look_like_the_panes_own(view):
    view.is_told(["notice", "", "you have left"], ["remark", "", "you have left"])
    borders = view.log.locator(".ck-row").evaluate_all("rows => rows.map((row) => row.className)")
    assert borders == ["ck-row ck-notice", "ck-row ck-remark"]


def test_no_accents_reach_the_name_above_them(view):
    """A shadow is as tall on every machine; how high accents are piled up depends on its fonts."""
    view.page.add_style_tag(content=ChatPane._css + ".ck-row + .ck-row .ck-words { text-shadow: 0 -15px }")
    view.is_told(*[["said", "grace", "hhhh"]] * 2)
    plain, below_a_tower = view.log.locator(".ck-who").all()
    assert plain.screenshot() == below_a_tower.screenshot()


@pytest.mark.parametrize("name", ["you", "YOU", "you\u200d", "you\ufe0f", "y\u0301ou"])
def test_whoever_looks_like_you_is_told_apart(view, name):
    view.is_told(["said", name, "I owe you money"])
    expect(view.log.locator(".ck-who")).to_have_text(f"{name} (a name)")
