"""run.py as its user meets it: started as a program in a folder of its own, and read for what it says.

Nothing is installed here. Stand-ins take the places of venv, of ensurepip and of the Python inside .venv,
which writes down how it was called. What they say and how they fail is set by environment variables.
"""

import ast
import importlib.util
import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from talker import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
LESSON = "notebooks/00-a-room-in-five-minutes.ipynb"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-ins are shell scripts")

VENV_STAND_IN = """\
import os, pathlib, sys
if __name__ == "__main__":
    print(os.environ.get("VENV_SAYS", ""))
    if "VENV_SAYS" in os.environ:
        sys.exit(1)
    program = pathlib.Path(sys.argv[-1], "bin", "python")
    program.parent.mkdir(parents=True, exist_ok=True)
    for old in program.parent.parent.glob("chatkit-stamp*"):
        old.unlink()
    program.write_text(os.environ["PYTHON_STAND_IN"])
    program.chmod(0o755)
"""

PYTHON_STAND_IN = """\
import json, os, pathlib, signal, sys
arguments = sys.argv[1:]
if arguments[:2] == ["-m", "ensurepip"]:
    print(os.environ.get("ENSUREPIP_SAYS", ""))
    sys.exit("ENSUREPIP_SAYS" in os.environ)
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps(arguments) + "\\n")
if arguments[:2] != ["-m", "pip"]:
    names = ("PATH", "VIRTUAL_ENV", "JUPYTER_PREFER_ENV_PATH")
    print(json.dumps({name: os.environ.get(name) for name in names}))
    sys.exit(int(os.environ.get("PROGRAM_STATUS", 0)))
print(os.environ.get("PIP_SAYS", "Collecting jupyterlab>=4 (from chatkit)"), flush=True)
if "PIP_WAITS" in os.environ:
    pathlib.Path(os.environ["PIP_WAITS"]).read_text()
if "PIP_FILLS_THE_DISK" in os.environ:
    os.symlink("/dev/full", os.environ["PIP_FILLS_THE_DISK"])
if "--report" in arguments:
    found = {"jupyterlab": "4.6.6", "Jinja2": "3.1.6", "pure_eval": "0.2.4", "chatkit": "0.1.0"}
    if "--no-deps" in arguments:
        found = {"colorama": "0.4.6", "appnope": "1.0.0", "pywinpty": "3.1.2"}
    report = {"install": [{"metadata": {"name": name, "version": found[name]}} for name in found]}
    pathlib.Path(arguments[arguments.index("--report") + 1]).write_text(json.dumps(report))
sys.exit(int(os.environ.get("PIP_STATUS", 0)))
"""

AS_VERSION = """\
import runpy, sys
sys.version_info = (*map(int, sys.argv[1].split(".")), 0, "final", 0)
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Kit:
    """A copy of what run.py needs, with stand-ins, in a folder whose name has a space as many have."""

    def __init__(self, tmp_path):
        self.folder, self.log = tmp_path / "chat kit", tmp_path / "calls"
        (self.folder / "tests").mkdir(parents=True)
        (self.folder / "notebooks").mkdir()
        (self.folder / LESSON).write_text("{}")
        (self.folder / "tests" / "test_room.py").write_text("")
        for name in ("run.py", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.folder)
        stand_ins = tmp_path / "stand-ins"
        stand_ins.mkdir()
        (stand_ins / "venv.py").write_text(VENV_STAND_IN)
        (stand_ins / "ensurepip.py").write_text("")
        (stand_ins / "inside.py").write_text(PYTHON_STAND_IN)
        script = f'#!/bin/sh\nexec "{sys.executable}" -S "{stand_ins / "inside.py"}" "$@"\n'
        self.stand_ins = stand_ins
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(stand_ins),
            "PYTHON_STAND_IN": script,
            "CALLS": str(self.log),
        }

    @property
    def stamp(self):
        return self.folder / ".venv" / "chatkit-stamp"

    def command(self, *words, version=None):
        start = [] if version is None else ["-c", AS_VERSION, version]
        return [sys.executable, *start, str(self.folder / "run.py"), *words]

    def run(self, *words, version=None, cwd=None, **environment):
        self.log.write_text("")
        return subprocess.run(
            self.command(*words, version=version),
            env=self.environment | environment,
            cwd=cwd or self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def calls(self):
        """How the Python inside .venv was called in the last run, each call as one text."""
        return [" ".join(json.loads(line)) for line in self.log.read_text().splitlines()]

    def installed(self):
        """The extras that pip was asked for in the last run, one entry for each call of pip."""
        asked = [call for call in self.calls() if call.startswith("-m pip install")]
        return [call.split("[")[1].split("]")[0] for call in asked]

    def started(self):
        """What was started after the preparations in the last run."""
        return [call for call in self.calls() if not call.startswith("-m pip")]


@pytest.fixture
def kit(tmp_path):
    return Kit(tmp_path)


@pytest.fixture
def ready(kit):
    """A kit where `run.py lab` has been through once."""
    assert kit.run("lab").returncode == 0
    return kit


def only_sentence(done, status=1):
    """The one sentence of a run that failed as it should: nothing above it, no traceback."""
    assert done.returncode == status, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].endswith(".")
    assert "Traceback" not in done.stdout + done.stderr
    return lines[0]


def spoken(done):
    assert done.returncode == 0, done.stderr
    return done.stdout


# The words it knows


@pytest.mark.parametrize("words", [(), ("laboratory",), ("--lab",)])
def test_without_a_word_it_knows_it_shows_its_usage_and_touches_nothing(kit, words):
    done = kit.run(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: python3 run.py lab")
    assert not (kit.folder / ".venv").exists()


def test_help_is_no_failure(kit):
    done = kit.run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert {"lab", "test", "install", "constraints"} <= set(done.stdout.split())


# First and later runs


def test_the_first_run_says_what_it_does_and_opens_the_first_lesson(kit):
    said = spoken(kit.run("lab")).splitlines()
    assert said[0].startswith("Making .venv with Python 3.")
    assert said[1].startswith("Installing lab + terminal with pip")
    assert said[2].startswith("Starting JupyterLab")
    assert kit.installed() == ["lab,terminal"]
    assert kit.started() == [f"-m jupyterlab --LabApp.default_url=/lab/tree/{LESSON}"]


def test_pip_installs_this_folder_editable_and_pinned(kit):
    kit.run("lab")
    assert kit.calls()[0].endswith("--editable .[lab,terminal] --constraint constraints.txt")


def test_install_prepares_everything_and_starts_nothing(kit):
    said = spoken(kit.run("install"))
    assert said.endswith(".venv holds everything that `lab` and `test` need.\n")
    assert (kit.installed(), kit.started()) == (["lab,terminal,test"], [])
    assert not (spoken(kit.run("test")), kit.installed())[1]


def test_a_later_run_starts_at_once(ready):
    assert spoken(ready.run("lab")).startswith("Starting JupyterLab")
    assert ready.installed() == []


def test_tests_add_their_extra_to_a_lab_and_the_lab_keeps_it(ready):
    ready.run("test")
    assert ready.installed() == ["lab,terminal,test"]
    ready.run("lab")
    assert ready.installed() == []
    (ready.folder / "constraints.txt").write_text("")
    ready.run("lab")
    assert ready.installed() == ["lab,terminal,test"]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_change_of_what_is_needed_installs_again_in_the_same_environment(ready, name):
    with (ready.folder / name).open("a") as file:
        file.write("# changed\n")
    assert "Making" not in spoken(ready.run("lab"))
    assert ready.installed() == ["lab,terminal"]
    ready.run("lab")
    assert ready.installed() == []


def test_another_python_gets_a_new_environment(ready):
    said = spoken(ready.run("lab", version="3.99"))
    assert said.startswith("The .venv here belongs to another Python or folder: making it anew.\n")
    assert ready.installed() == ["lab,terminal"]


def test_a_folder_that_was_moved_gets_a_new_environment(ready):
    ready.folder = ready.folder.rename(ready.folder.with_name("moved"))
    assert "belongs to another Python or folder" in spoken(ready.run("lab"))
    assert ready.installed() == ["lab,terminal"]


def test_jupyter_is_not_asked_to_talk_about_news_on_top_of_the_lesson(ready):
    settings = json.loads((ready.folder / ".venv/share/jupyter/lab/settings/overrides.json").read_text())
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_programs_and_the_kernel_of_the_environment_come_first(ready):
    seen = json.loads(spoken(ready.run("lab")).splitlines()[-1])
    assert seen["PATH"].split(os.pathsep)[0] == str(ready.folder / ".venv" / "bin")
    assert seen["VIRTUAL_ENV"] == str(ready.folder / ".venv")
    assert seen["JUPYTER_PREFER_ENV_PATH"] == "1"


# What is handed on


def test_arguments_go_on_to_jupyter(ready):
    ready.run("lab", "--no-browser", "--port", "8899")
    assert ready.started() == [
        f"-m jupyterlab --LabApp.default_url=/lab/tree/{LESSON} --no-browser --port 8899"
    ]


def test_a_notebook_that_is_named_is_opened_in_place_of_the_first(ready):
    (ready.folder / "notebooks" / "02.ipynb").write_text("{}")
    ready.run("lab", "notebooks/02.ipynb")
    assert ready.started() == ["-m jupyterlab notebooks/02.ipynb"]


def test_without_a_path_pytest_runs_everything_notebooks_too(ready, tmp_path):
    ready.run("test", "-x", "-k", "goodbye", cwd=tmp_path)
    assert ready.started() == [
        "-m pytest --nbval --nbval-current-env --nbval-kernel-startup-timeout=300 --nbval-cell-timeout=300"
        " tests notebooks -x -k goodbye"
    ]


def test_without_notebooks_pytest_runs_the_rest(ready):
    shutil.rmtree(ready.folder / "notebooks")
    ready.run("test")
    assert ready.started()[0].endswith("--nbval-cell-timeout=300 tests")


@pytest.mark.parametrize("path", ["tests/test_room.py", "tests/test_room.py::test_join", LESSON])
def test_with_a_path_pytest_runs_only_that(ready, path):
    ready.run("test", "-v", path)
    assert ready.started()[0].endswith(f"--nbval-cell-timeout=300 -v {path}")


@pytest.mark.parametrize("status", [0, 1, 5])
def test_the_exit_status_is_that_of_pytest(ready, status):
    assert ready.run("test", PROGRAM_STATUS=str(status)).returncode == status


# What goes wrong


def test_its_syntax_is_that_of_python_3_6():
    ast.parse((ROOT / "run.py").read_text(), feature_version=(3, 6))


@pytest.mark.parametrize("version", ["3.6", "3.10"])
def test_a_python_that_is_too_old_says_so(kit, version):
    sentence = only_sentence(kit.run("lab", version=version))
    assert f"needs Python 3.11 or newer, and this is Python {version}:" in sentence
    assert not (kit.folder / ".venv").exists()


@pytest.mark.parametrize("name", ["ensurepip", "venv"])
def test_a_python_without_venv_names_the_package_that_brings_it(kit, name):
    (kit.stand_ins / f"{name}.py").write_text(f"raise ModuleNotFoundError('No module named {name}')\n")
    assert "`sudo apt install python3-venv`" in only_sentence(kit.run("lab"))


@pytest.fixture
def refusing_port():
    """A loopback port where nobody listens, and nobody can begin to while the test runs."""
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        yield unheard.getsockname()[1]


def test_without_a_network_the_real_pip_fails_in_one_sentence(kit, refusing_port):
    kit.environment = {name: text for name, text in os.environ.items() if not name.upper().startswith("PIP_")}
    done = kit.run(
        "lab",
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL=f"http://127.0.0.1:{refusing_port}/",
        PIP_RETRIES="1",
        NO_PROXY="127.0.0.1",
    )
    assert "package index cannot be reached (Connection refused)" in only_sentence(done)
    assert not kit.stamp.exists()


FAILURES = {
    "[Errno -3] Temporary failure in name resolution": "The package index cannot be reached (Temporary",
    "ReadTimeoutError(HTTPSConnectionPool(host='x', port=443): Read timed out.": "be reached (timed out)",
    "ERROR: Could not install because of an OSError: [Errno 28] No space left on device": "The disk is full",
    "OSError: [Errno 122] Disk quota exceeded: '.venv/lib'": "The disk is full (Disk quota exceeded)",
    "ERROR: [Errno 13] Permission denied: '.venv/lib'": "folder cannot be written (Permission denied)",
}


@pytest.mark.parametrize("words", FAILURES)
def test_a_known_failure_of_pip_is_said_in_one_sentence(kit, words):
    done = kit.run("lab", PIP_SAYS=f"Collecting anywidget\n{words}\nERROR: Failed.", PIP_STATUS="1")
    assert FAILURES[words] in only_sentence(done)
    assert kit.started() == []


def test_an_unknown_failure_of_pip_is_shown_by_its_last_lines(kit):
    lines = [f"line {number}" for number in range(50)]
    done = kit.run("lab", PIP_SAYS="\n".join(lines), PIP_STATUS="1")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        *[f"  {line}" for line in lines[-10:]],
        "Preparing .venv failed, for the reason above.",
    ]


def test_a_folder_that_venv_cannot_write_is_said_in_one_sentence(kit):
    done = kit.run("lab", VENV_SAYS=f"Error: [Errno 13] Permission denied: '{kit.folder}/.venv'")
    assert "folder cannot be written (Permission denied)" in only_sentence(done)


def test_a_disk_that_is_full_before_pip_is_there_is_said_in_one_sentence(kit):
    done = kit.run("lab", ENSUREPIP_SAYS="OSError: [Errno 28] No space left on device: '.venv/lib'")
    assert "The disk is full" in only_sentence(done)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_that_fills_up_under_run_py_itself_is_said_in_one_sentence(kit):
    assert "The disk is full" in only_sentence(kit.run("lab", PIP_FILLS_THE_DISK=str(kit.stamp)))


@pytest.mark.parametrize("rest", ["no environment at all", "no stamp", "a stamp cut short", "no Python"])
def test_an_environment_that_was_left_half_made_is_made_anew(ready, rest):
    if rest == "no environment at all":
        shutil.rmtree(ready.folder / ".venv")
        (ready.folder / ".venv").mkdir()
    elif rest == "no stamp":
        ready.stamp.unlink()
    elif rest == "a stamp cut short":
        ready.stamp.write_text(ready.stamp.read_text().split()[0])
    else:
        (ready.folder / ".venv" / "bin" / "python").unlink()
    assert spoken(ready.run("lab")).startswith("The .venv here was left half made: making it anew.\n")
    assert ready.installed() == ["lab,terminal"]
    assert spoken(ready.run("lab")).startswith("Starting")


def test_a_lab_still_starts_after_the_tests_could_not_be_added(ready):
    assert ready.run("test", PIP_SAYS="Network is unreachable", PIP_STATUS="1").returncode == 1
    assert spoken(ready.run("lab")).startswith("Starting JupyterLab")
    assert ready.installed() == []
    ready.run("test")
    assert ready.installed() == ["lab,terminal,test"]


def interrupted(kit, *words):
    """Press Ctrl-C, which the whole foreground group gets, once pip is at work."""
    fifo = kit.folder.with_name("fifo")
    os.mkfifo(fifo)
    process = subprocess.Popen(
        kit.command(*words),
        env=kit.environment | {"PIP_WAITS": str(fifo)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with fifo.open("w"):  # opens as soon as pip reads
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    return subprocess.CompletedProcess(words, process.returncode, out, err)


def test_ctrl_c_during_the_installation_is_one_line_and_the_next_run_repairs(kit):
    assert "the next run starts over" in only_sentence(interrupted(kit, "lab"), status=130)
    assert "was left half made" in spoken(kit.run("lab"))


def test_ctrl_c_while_an_extra_is_added_leaves_no_trust_in_what_is_there(ready):
    only_sentence(interrupted(ready, "test"), status=130)
    assert "was left half made" in spoken(ready.run("lab"))


# Signs of life


def test_on_a_terminal_one_line_is_kept_alive_and_then_wiped(kit):
    fifo = kit.folder.with_name("fifo")
    os.mkfifo(fifo)
    master, terminal = pty.openpty()
    found = "\n".join(f"Collecting package{number}" for number in range(12))
    process = subprocess.Popen(
        kit.command("install"),
        env=kit.environment | {"PIP_WAITS": str(fifo), "PIP_SAYS": found, "COLUMNS": "60"},
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    with os.fdopen(master, "rb", buffering=0) as screen:
        seen = read_until(screen, b"12 packages found so far")
        fifo.write_text("go on")
        seen += read_until(screen, b"need.")
    assert process.wait(PATIENCE) == 0
    assert b"\r  " in seen
    assert b"\r" + b" " * 59 + b"\r" in seen


def read_until(screen, words):
    seen = b""
    while words not in seen:
        seen += screen.read(1024)
    return seen


class TwoMoments:
    """A reader thread that is still reading the first two times it is asked."""

    def __init__(self):
        self.answers = [True, True, False]

    def is_alive(self):
        return self.answers.pop(0)

    def join(self, seconds):
        assert 1 <= seconds <= 10


def test_elsewhere_a_line_appears_now_and_then(capsys):
    module = load_run()
    module.show_progress(TwoMoments(), ["Collecting a", "Collecting b>=1 (from a)"])
    assert capsys.readouterr().out.splitlines() == ["    0 s  2 packages found so far"] * 2


def test_the_long_silence_while_pip_writes_is_named():
    said = ["Collecting a", "Installing collected packages: a, b, c"]
    assert load_run().progress(said) == "writing 3 packages into .venv"
    assert load_run().progress([]) == "working"


def load_run():
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Pins


def test_constraints_are_names_and_versions_and_nothing_else(kit):
    said = spoken(kit.run("constraints", version="3.11"))
    assert said.endswith("constraints.txt pins 6 packages.\n")
    assert (kit.folder / "constraints.txt").read_text().splitlines() == [
        "# Written by `python3 run.py constraints`.",
        'appnope==1.0.0; sys_platform == "darwin"',
        'colorama==0.4.6; sys_platform == "win32"',
        "jinja2==3.1.6",
        "jupyterlab==4.6.6",
        "pure-eval==0.2.4",
        'pywinpty==3.1.2; os_name == "nt"',
    ]
    assert all("--python-version=3.11.0" in call for call in kit.calls())
    assert not (kit.folder / ".venv").exists()


def test_constraints_are_resolved_by_the_oldest_python_only(kit):
    before = (kit.folder / "constraints.txt").read_text()
    assert "with Python 3.11, the oldest" in only_sentence(kit.run("constraints", version="3.12"))
    assert (kit.folder / "constraints.txt").read_text() == before
