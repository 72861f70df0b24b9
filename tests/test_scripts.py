"""Every script beside the tests finds what it imports, when called as its first paragraph says."""

import os
import re
import subprocess
import sys

import pytest
from program import ROOT

COMMAND = re.compile(r'"""[^"]*?`(?:PYTHONPATH=(\S+)\s)?python3 (tests/[\w/]+\.py)')
TEXTS = {path: path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("*.py"))}
SCRIPTS = [(path, *found.groups("")) for path, text in TEXTS.items() if (found := COMMAND.match(text))]
IMPORT = "import runpy, sys; sys.path[0] = sys.argv[2]; runpy.run_path(sys.argv[1])"


@pytest.mark.parametrize(("script", "path", "named"), SCRIPTS, ids=[named for *_, named in SCRIPTS])
def test_a_script_finds_all_that_it_imports_when_called_as_it_says(script, path, named):
    assert ROOT / named == script
    call = [sys.executable, "-c", IMPORT, named, str(script.parent)]
    env = os.environ | {"PYTHONPATH": path}
    done = subprocess.run(call, cwd=ROOT, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
