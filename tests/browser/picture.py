"""Take the README's pictures anew, of the real thing as it runs.

The command is `PYTHONPATH=tests python3 tests/browser/picture.py`; look at them before you commit.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from chromium import ARGUMENTS, CHROMIUM
from labpage import Notebook
from labserver import ROOT, Lab, running_lab
from playwright.sync_api import Browser, expect, sync_playwright

LESSONS = ROOT / "notebooks"
PICTURES = ROOT / "docs" / "pictures"
TALK = [
    ("ada", "Hello, room!"),
    ("grace", "Hi ada! My line goes to the server, and from there to you and linus."),
    ("linus", "How many sockets is that?"),
    ("ada", "Two for each of us. Six!"),
    ("grace", "Seven. Who let us in?"),
]


def talk(notebook: Notebook) -> None:
    """Run the lesson's first two cells, and have the three talk."""
    notebook.run(0)
    notebook.run(1)
    for name, words in TALK:
        notebook.pane(name).types(words)
        for other in ("ada", "grace", "linus"):
            notebook.pane(other).reads(words)


def break_it(notebook: Notebook) -> None:
    """Run the lesson's first two cells, let linus leave politely, and have ada say two lines."""
    notebook.run(0)
    notebook.run(1)
    ada, linus, grace = (notebook.pane(name) for name in ("ada", "linus", "grace"))
    grace.is_said_to_be("in the room")
    linus.presses("Leave")
    linus.is_said_to_be("outside")
    ada.types("one")
    grace.reads("one")
    ada.types("two")
    ada.is_said_to_be("outside")
    expect(notebook.main.get_by_role("region", name="diagram")).to_contain_text("BrokenPipeError")


def take(browser: Browser, lab: Lab, lesson: Path, play: Callable[[Notebook], None], shown: int) -> None:
    """Take the pictures of a lesson after a scene, from the cell number `shown` on."""
    page = browser.new_page(viewport={"width": 1200, "height": 860}, device_scale_factor=1.5)
    notebook = Notebook(page, lab, lab.copy(lesson))
    page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    expect(page.locator("#jp-left-stack")).to_be_hidden()
    play(notebook)
    page.evaluate("document.activeElement.blur()")
    notebook.main.locator(".jp-Cell").nth(shown).evaluate("cell => cell.scrollIntoView()")
    for theme in ("Light", "Dark"):
        notebook.theme(theme)
        picture = PICTURES / f"lesson-{int(lesson.name[:2])}-{theme.lower()}.png"
        page.screenshot(path=picture, animations="disabled")
    page.close()


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        running_lab(Path(home)) as lab,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        take(browser, lab, LESSONS / "00-a-room-in-five-minutes.ipynb", talk, 1)
        take(browser, lab, LESSONS / "05-the-goodbye-nobody-hears.ipynb", break_it, 3)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
