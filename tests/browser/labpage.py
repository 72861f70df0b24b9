"""A real JupyterLab and a page of it, for tests: what a person does, and what a person waits for.

The server lives in a temporary folder, with settings of its own, on a free port. Nothing waits for a time:
a cell is done when its prompt shows a number, and a kernel when the notebook says that it is idle.
"""

import contextlib
import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager/plugin": {
        "saveState": True
    },  # so that what is saved can be looked at
}
PATIENCE = 30_000  # milliseconds, as Playwright counts


class Lab:
    """A running JupyterLab: its address, and the folder that its files are in."""

    def __init__(self, url: str, token: str, folder: Path) -> None:
        self.url, self.token, self.folder = url, token, folder

    def copy(self, notebook: Path) -> str:
        """Copy a notebook to where JupyterLab sees it, and return its name."""
        (self.folder / notebook.name).write_bytes(notebook.read_bytes())
        return notebook.name

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook of these cells, and return its name."""
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=kernel)
        nbformat.write(notebook, self.folder / name)
        return name

    def request(self, method: str, path: str) -> None:
        """Ask the server for something."""
        headers = {"Authorization": f"token {self.token}"}
        urllib.request.urlopen(
            urllib.request.Request(self.url + path, method=method, headers=headers)
        ).close()


@contextlib.contextmanager
def running_lab(home: Path) -> Iterator[Lab]:
    """Start JupyterLab in `home`, and end it with all its kernels."""
    folder, token = home / "work", secrets.token_hex(16)
    folder.mkdir()
    for name, settings in SETTINGS.items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(settings))
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    environment = dict(os.environ, JUPYTER_PREFER_ENV_PATH="1", PYTHONPATH=str(ROOT))
    environment |= {variable: str(home / place) for variable, place in places.items()}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=0"]
    command += [
        f"--ServerApp.root_dir={folder}",
        f"--IdentityProvider.token={token}",
        "--expose-app-in-browser",
    ]
    with (
        (home / "log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            yield Lab(_find_url(home, process), token, folder)
        finally:
            kernels = psutil.Process(process.pid).children(recursive=True)
            process.terminate()  # JupyterLab then ends its kernels, and waits for them
    assert psutil.wait_procs(kernels, timeout=10)[1] == []


def _find_url(home: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE / 1000
    while process.poll() is None and time.monotonic() < deadline:
        for path in (home / "runtime").glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):  # not written to its end yet
                return f"http://127.0.0.1:{json.loads(path.read_text())['port']}/"
        time.sleep(0.05)
    raise RuntimeError(f"JupyterLab did not start; it said:\n{(home / 'log').read_text()}")


class Notebook:
    """A notebook that is open in a browser."""

    def __init__(self, page: Page, lab: Lab, name: str) -> None:
        self.page = page
        self.cells = [cell.cell_type for cell in nbformat.read(lab.folder / name, as_version=4).cells]
        page.goto(f"{lab.url}lab/tree/{name}?token={lab.token}&reset")
        self.main = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.prompts = self.main.locator(".jp-CodeCell .jp-InputPrompt")  # such as `[3]:`
        self.until_idle()

    def until_idle(self) -> None:
        """Wait until the kernel is there and has nothing to do; before, what one presses may be lost."""
        kernel = self.main.get_by_title("Switch kernel")
        indicator = self.main.locator(".jp-Notebook-ExecutionIndicator")
        expect(kernel).to_have_text("Python 3 (ipykernel)", timeout=PATIENCE)
        expect(indicator).to_have_attribute("data-status", "idle", timeout=PATIENCE)

    def run_all(self) -> None:
        """Run all cells, and wait until each has its number; the numbers from before are taken away first."""
        numbered = self.prompts.filter(has_text=re.compile(r"\d"))
        self.choose("Edit", "Clear Outputs of All Cells")
        expect(numbered).to_have_count(0)
        self.choose("Run", "Run All Cells")
        expect(numbered).to_have_count(self.cells.count("code"), timeout=PATIENCE)
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
        """Press Ctrl+S, wherever the focus is, and wait until it is done."""
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
            expect(self.log).to_contain_text(each, timeout=PATIENCE)

    def is_said_to_be(self, words: str) -> None:
        """Wait until the status says so."""
        expect(self.status).to_contain_text(words, timeout=PATIENCE)

    def presses(self, button: str) -> None:
        """Press a button by its name."""
        expect(self.pane.get_by_role("button", name=button)).to_be_enabled()
        self.pane.get_by_role("button", name=button).click()
