"""A busy kernel may show what a cell printed seconds after the cell has ended: it is waited for, not lost."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import rerun

TESTS = Path(__file__).parent
# What is printed is sent by a thread of its own; it has taken it over, and then gets no time for six seconds.
LATE = """\
import sys, threading, time

def stall():
    sys.stdout._flush()
    taken.set()
    time.sleep(6)

taken = threading.Event()
sys.stdout.flush_timeout = sys.stderr.flush_timeout = 0
print("late")
sys.stdout.pub_thread.schedule(stall)
assert taken.wait(300)"""


@pytest.fixture
def notebook():
    """One cell, whose output comes late; and a next one, which would be asked for its own meanwhile."""
    printed = nbformat.v4.new_output("stream", name="stdout", text="late\n")
    cells = [
        nbformat.v4.new_code_cell(LATE, execution_count=1, outputs=[printed]),
        nbformat.v4.new_code_cell("pass", execution_count=2),
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata=rerun.METADATA)


def test_lessons_that_are_run_anew_have_what_came_late(notebook):
    (again,) = rerun.run(notebook)
    assert [output.text for output in again.cells[0].outputs] == ["late\n"]


def test_lessons_that_are_tested_have_what_came_late(notebook, tmp_path):
    nbformat.write(notebook, tmp_path / "late.ipynb")
    nbval = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-p", "conftest", "late.ipynb"]
    environment = os.environ | {"PYTHONPATH": str(TESTS), "PYTEST_ADDOPTS": "-p no:cacheprovider"}
    done = subprocess.run(nbval, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "2 passed" in done.stdout, done.stdout
