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
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager/plugin": {
        "saveState": True
    },  # so that what is saved can be looked at
}
PATIENCE = 30.0  # seconds


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
            process.terminate()  # JupyterLab then ends its kernels, and waits for them


def _find_url(home: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE
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
        page.goto(f"{lab.url}lab/tree/{name}?token={lab.token}&reset")
        self.main = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.until_idle()

    def until_idle(self) -> None:
        """Wait until the kernel is there and has nothing to do; before, what one presses may be lost."""
        expect(self.main.get_by_title("Switch kernel")).to_have_text(
            "Python 3 (ipykernel)", timeout=PATIENCE * 1000
        )
        expect(self.main.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
            "data-status", "idle", timeout=PATIENCE * 1000
        )

    def run_all(self) -> None:
        """Run > Run All Cells, and wait until the last cell has its number."""
        self.choose("Run", "Run All Cells")
        expect(self.prompts.filter(has_text=re.compile(r"\[[* ]\]"))).to_have_count(
            0, timeout=PATIENCE * 1000
        )
        self.until_idle()

    def restart(self) -> None:
        """Kernel > Restart Kernel, and yes."""
        self.choose("Kernel", "Restart Kernel…")
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()

    def choose(self, menu: str, entry: str) -> None:
        """Choose an entry of a menu."""
        self.page.locator("#jp-MainMenu").get_by_text(menu, exact=True).click()
        self.page.locator(".lm-Menu").get_by_text(entry, exact=True).click()

    @property
    def prompts(self) -> Locator:
        """What stands beside the code cells, such as `[3]:`."""
        return self.main.locator(".jp-CodeCell .jp-InputPrompt")

    def theme(self, name: str) -> None:
        """Change the theme of JupyterLab: Light or Dark."""
        self.page.evaluate(
            "name => jupyterapp.commands.execute('apputils:change-theme', {theme: name})",
            f"JupyterLab {name}",
        )
        expect(self.page.locator("body")).to_have_attribute(
            "data-jp-theme-light", str(name == "Light").lower()
        )

    def pane(self, name: str) -> "PaneOnPage":
        """Return the pane of that person."""
        return PaneOnPage(self.main.get_by_role("group", name=f"{name}'s pane"))


class PaneOnPage:
    """One chat pane, as a person finds it: by roles and labels."""

    def __init__(self, pane: Locator) -> None:
        self.pane = pane
        self.log = pane.get_by_role("log")
        self.status = pane.get_by_role("status")
        self.box = pane.get_by_role("textbox")

    def types(self, text: str) -> None:
        """Type a line, and press Enter."""
        self.box.fill(text)
        self.box.press("Enter")

    def presses(self, button: str) -> None:
        """Press a button by its name."""
        self.pane.get_by_role("button", name=button).click()
