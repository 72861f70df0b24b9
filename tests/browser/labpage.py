"""A page of JupyterLab, for tests: what a person does there, and what a person waits for.

Nothing waits for a time: a cell is done when its prompt shows a number, and a kernel when the notebook says
that it is idle.
"""

import re

import nbformat
from labserver import Lab
from playwright.sync_api import Locator, Page, expect
from talker import PATIENCE, eventually

expect.set_options(timeout=1000 * PATIENCE)  # milliseconds


class Notebook:
    """A notebook that is open in a browser."""

    def __init__(self, page: Page, lab: Lab, name: str) -> None:
        self.page, self.name = page, name
        self.cells = [cell.cell_type for cell in nbformat.read(lab.folder / name, as_version=4).cells]
        page.goto(f"{lab.url}lab/tree/{name}?token={lab.token}&reset")
        self.main = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.prompts = self.main.locator(".jp-CodeCell .jp-InputPrompt")  # such as `[3]:`
        self.until_idle()

    def until_idle(self) -> None:
        """Wait until the kernel is there and has nothing to do; before, what one presses may be lost."""
        kernel = self.main.get_by_title("Switch kernel")
        indicator = self.main.locator(".jp-Notebook-ExecutionIndicator")
        expect(kernel).to_have_text("Python 3 (ipykernel)")
        expect(indicator).to_have_attribute("data-status", re.compile("^(idle|disconnected)$"))
        if indicator.get_attribute("data-status") == "disconnected":  # JupyterLab has given up, for good
            self.choose("Kernel", "Reconnect to Kernel")
        expect(indicator).to_have_attribute("data-status", "idle")

    def run_all(self) -> None:
        """Run all cells, and wait until each has its number; the numbers from before are taken away first."""
        numbered = self.prompts.filter(has_text=re.compile(r"\d"))
        self.choose("Edit", "Clear Outputs of All Cells")
        expect(numbered).to_have_count(0)
        self.choose("Run", "Run All Cells")
        expect(numbered).to_have_count(self.cells.count("code"))
        self.until_idle()

    def run(self, number: int) -> None:
        """Run the code cell of that number (0 is the first) by Ctrl+Enter, and do not wait for its end."""
        cell = self.main.locator(".jp-CodeCell").nth(number)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def restart(self) -> None:
        """Kernel > Restart Kernel, and yes."""
        self.choose("Kernel", "Restart Kernel…")
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()

    def save(self) -> None:
        """Press Ctrl+S, wherever the focus is, and wait until the server has written the file."""
        with self.page.expect_response(lambda each: each.request.method == "PUT" and self.name in each.url):
            self.page.keyboard.press("Control+s")
        expect(self.page.locator(".jp-mod-dirty")).to_have_count(0)

    def choose(self, menu: str, entry: str) -> None:
        """Choose an entry of a menu."""
        self.page.locator("#jp-MainMenu").get_by_text(menu, exact=True).click()
        self.page.locator(".lm-Menu").get_by_text(entry, exact=True).click()

    def theme(self, name: str) -> None:
        """Change the theme of JupyterLab: Light or Dark."""
        self.page.evaluate(
            "name => jupyterapp.commands.execute('apputils:change-theme', {theme: name})",
            f"JupyterLab {name}",
        )
        light = str(name == "Light").lower()
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-light", light)

    def resize(self, width: int, height: int) -> None:
        """Give the window that many pixels, and wait until JupyterLab has laid itself out in it."""
        edges = """panel => {
            const {right, bottom} = panel.getBoundingClientRect();
            return [innerWidth - right, innerHeight - bottom];
        }"""
        before = self.main.evaluate(edges)
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.wait_for_function(f"innerWidth == {width} && innerHeight == {height}")
        eventually(lambda: self.main.evaluate(edges) == before)

    def pane(self, name: str, view: int = 0) -> "PaneOnPage":
        """Return the pane of that person, or one of its views if there are several."""
        return PaneOnPage(self.main.get_by_role("group", name=f"{name}'s pane").nth(view))


class PaneOnPage:
    """One chat pane, as a person finds it: by roles and labels."""

    def __init__(self, pane: Locator) -> None:
        self.pane = pane
        self.log = pane.get_by_role("log")
        self.status = pane.get_by_role("status")
        self.box = pane.get_by_role("textbox")
        self.plug = pane.get_by_role("group", name="wire")

    @property
    def rows(self) -> list[str]:
        """The rows' words, in their order."""
        return self.log.locator(".ck-words").all_text_contents()

    def types(self, text: str) -> None:
        """Type a line, and press Enter."""
        self.box.fill(text)
        self.box.press("Enter")

    def reads(self, *words: str) -> None:
        """Wait until all these words are in the log."""
        for each in words:
            expect(self.log).to_contain_text(each)

    def is_said_to_be(self, words: str) -> None:
        """Wait until the status says so."""
        expect(self.status).to_contain_text(words)

    def is_at_its_end(self) -> None:
        """Wait until the last row is at the lower edge of the log."""
        below = "log => log.scrollHeight - log.clientHeight - log.scrollTop"
        self.log.page.wait_for_function(f"log => ({below})(log) < 2", arg=self.log.element_handle())

    def button(self, name: str) -> Locator:
        """Return a button by its name."""
        return self.pane.get_by_role("button", name=name, exact=True)

    def presses(self, button: str) -> None:
        """Press a button by its name."""
        expect(self.button(button)).to_be_enabled()
        self.button(button).click()
