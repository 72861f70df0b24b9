"""A real JupyterLab in a temporary folder, with settings of its own, on a free port."""

import contextlib
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from talker import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},  # what is saved is what a test saves
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},  # to look at what is saved
}
PLACES = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
}

# Jupyter chooses a kernel's ports a while before the kernel takes them, and one that does not get its iopub
# port hangs for ever: they come from where nobody else takes any, as those of `conftest.py` do.
CONFIG = f"""
import sys
from jupyter_client.connect import LocalPortCache
sys.path.insert(0, {str(ROOT / "tests")!r})
from talker import free_port
LocalPortCache.find_available_port = lambda _cache, ip: free_port(ip)
"""

LOGS: list[Path] = []  # of each JupyterLab that was started here


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


@contextlib.contextmanager
def running_lab(home: Path) -> Iterator[Lab]:
    """Start JupyterLab in `home`, and end it with all its kernels."""
    folder, token = home / "work", secrets.token_hex(16)
    folder.mkdir()
    _write_settings(home / "settings")
    (home / "config").mkdir()
    (home / "config/jupyter_server_config.py").write_text(CONFIG)
    options = [f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}", "--ServerApp.port=0"]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
    with (home / "log").open("wb") as log:
        process = psutil.Popen([*command, *options], env=_environment(home), stdout=log, stderr=log)
    LOGS.append(home / "log")
    try:
        yield Lab(_find_url(home, process), token, folder)
    finally:
        _end(process)


def _write_settings(folder: Path) -> None:
    for name, settings in SETTINGS.items():
        path = folder / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(settings))


def _environment(home: Path) -> dict[str, str]:
    places = {variable: str(home / place) for variable, place in PLACES.items()}
    return {**os.environ, **places, "JUPYTER_PREFER_ENV_PATH": "1", "PYTHONPATH": str(ROOT)}


def _end(process: psutil.Popen) -> None:
    """Have JupyterLab end its kernels and itself; whatever is left is killed, and that is an error."""
    family = [process, *process.children(recursive=True)] if process.is_running() else []
    if family:
        process.terminate()
    _, left = psutil.wait_procs(family, timeout=PATIENCE)
    for each in left:
        each.kill()
    assert left == []


def _find_url(home: Path, process: psutil.Popen) -> str:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        for path in (home / "runtime").glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):  # not written to its end yet
                return f"http://127.0.0.1:{json.loads(path.read_text())['port']}/"
        time.sleep(0.05)
    raise RuntimeError(f"JupyterLab did not start; it said:\n{(home / 'log').read_text()}")
