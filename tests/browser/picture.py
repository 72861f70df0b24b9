"""Take the README's pictures anew, of the real thing as it runs: `python3 tests/browser/picture.py`."""

import sys
import tempfile
from pathlib import Path

from chromium import ARGUMENTS, CHROMIUM
from labpage import Notebook
from labserver import ROOT, Lab, running_lab
from playwright.sync_api import Browser, expect, sync_playwright

LESSON = ROOT / "notebooks" / "00-a-room-in-five-minutes.ipynb"
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


def take(browser: Browser, lab: Lab) -> None:
    """Take the pictures, of the cell that makes the panes and what is around it."""
    page = browser.new_page(viewport={"width": 1200, "height": 860}, device_scale_factor=1.5)
    notebook = Notebook(page, lab, lab.copy(LESSON))
    page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    expect(page.locator("#jp-left-stack")).to_be_hidden()
    talk(notebook)
    page.evaluate("document.activeElement.blur()")
    notebook.main.locator(".jp-Cell").nth(1).evaluate("cell => cell.scrollIntoView()")
    for theme in ("Light", "Dark"):
        notebook.theme(theme)
        page.screenshot(path=PICTURES / f"lesson-0-{theme.lower()}.png", animations="disabled")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        running_lab(Path(home)) as lab,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        take(browser, lab)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
