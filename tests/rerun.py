"""Run the lessons and write their outputs anew: `python3 tests/rerun.py`, or only those named: `... 05 06`.

With `--pause 65` so many seconds pass before each cell, as when somebody reads: that must change nothing.

What is written is the same every time: no ids, times or versions. Widgets are live only, so of a widget just
the plain text is kept: a notebook that nobody has run shows that text, in place of a pane that is not there.
"""

import argparse
import os
import tempfile
import time
from copy import deepcopy
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from talker import PATIENCE

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read(path: Path) -> NotebookNode:
    """Return the notebook at `path`."""
    return nbformat.read(path, as_version=4)


def client_for(notebook: NotebookNode, folder: Path) -> NotebookClient:
    """Return what runs `notebook` in `folder`; it loses nothing that a busy kernel shows late.

    By itself nbclient goes on to the next cell when the last output of one is four seconds late.
    """
    return NotebookClient(
        notebook,
        timeout=int(PATIENCE),
        startup_timeout=int(PATIENCE),
        iopub_timeout=int(PATIENCE),
        raise_on_iopub_timeout=True,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": folder}},
    )


def run(notebook: NotebookNode, times: int = 1, pause: float = 0.0) -> list[NotebookNode]:
    """Run all cells of `notebook` so many times in one kernel; return what it then looked like, each time."""
    client = client_for(notebook, FOLDER)
    with client.setup_kernel():
        return [clean(run_once(client, pause)) for _ in range(times)]


def run_once(client: NotebookClient, pause: float) -> NotebookNode:
    for number, cell in enumerate(client.nb.cells):
        time.sleep(pause if cell.cell_type == "code" else 0.0)
        client.execute_cell(cell, number)
    return deepcopy(client.nb)


def clean(notebook: NotebookNode) -> NotebookNode:
    """Take out all that differs from run to run, or lives only as long as the kernel."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in code_cells(notebook):
        cell.metadata = NotebookNode()
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET, None)
    return notebook


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that are run."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the lessons and write their outputs anew.")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds before each cell")
    parser.add_argument("numbers", nargs="*", help="of lessons, as in 05")
    asked = parser.parse_args()
    for path in NOTEBOOKS:
        if not asked.numbers or path.name[:2] in asked.numbers:
            nbformat.write(run(read(path), pause=asked.pause)[0], path)
            print(path.name)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as answers:
        os.environ["CHATKIT_ANSWERS"] = answers
        main()
