#!/usr/bin/env python3
"""Start chatkit from a bare clone: fill .venv once, then hand over to JupyterLab or to pytest.

The law of this file: the standard library only, in the syntax of Python 3.6, so that a Python which is too
old can still say so. It knows nothing about chatkit itself: what to install stands in pyproject.toml and
constraints.txt, and a stamp inside .venv tells what has been installed. No stamp, no trust: an environment
without one was interrupted half-way and is made anew. All paths are relative to the folder of this file.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

USAGE = """\
usage: python3 run.py lab [ARGUMENT ...]    open the lessons in JupyterLab; arguments go to `jupyter lab`
       python3 run.py test [ARGUMENT ...]   run all tests, or only the paths given; arguments go to pytest
       python3 run.py install               only prepare .venv, with everything for both
       python3 run.py constraints           write constraints.txt anew, from the newest releases that fit
"""
OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "chatkit-stamp"
PINS = ROOT / "constraints.txt"
FIRST_LESSON = "notebooks/00-a-room-in-five-minutes.ipynb"
LONG = 300  # seconds for a kernel to start, and for a cell to end: a busy machine may need them
NBVAL = [
    "--nbval",
    "--nbval-current-env",
    f"--nbval-kernel-startup-timeout={LONG}",
    f"--nbval-cell-timeout={LONG}",
]
# Without this a first look at JupyterLab is a question about news, asked on top of the lesson.
CALM = {  # JupyterLab's settings: it asks nothing, calls nobody, and a saved notebook's panes say what to do
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}
ELSEWHERE = {  # needed on one platform only, so that resolving on another does not meet them
    "appnope": 'sys_platform == "darwin"',
    "colorama": 'sys_platform == "win32"',
    "pywinpty": 'os_name == "nt"',
}
CAUSES = {  # what a reader is told when pip, venv or the system says one of these
    "No space left on device|Disk quota exceeded|not enough space on the disk": (
        "The disk is full ({}): free about 1 GB for .venv and temporary files, then run this again."
    ),
    "Permission denied|Read-only file system|Operation not permitted|Access is denied": (
        "chatkit's folder cannot be written ({}): move it to a folder of your own, then run it there."
    ),
    "Connection refused|Connection reset|Remote end closed|timed out|unreachable|No route to host|"
    "Name or service not known|Temporary failure in name resolution|getaddrinfo failed|nodename nor servname|"
    "No connection could be made|Cannot connect to proxy|CERTIFICATE_VERIFY_FAILED": (
        "The package index cannot be reached ({}): connect to the network, then run this again."
    ),
}


class Failure(Exception):
    """One sentence for the user. `details` are lines to show above it."""

    details = ()


def main(arguments):
    verb = arguments[0] if arguments else ""
    if verb in ("-h", "--help"):
        return say(USAGE.rstrip())
    if verb not in VERBS:
        return say(USAGE.rstrip(), sys.stderr, 2)
    try:
        check_python()
        os.chdir(str(ROOT))
        return VERBS[verb](arguments[1:])
    except KeyboardInterrupt:
        return say("Stopped before the end: the next run starts over.", sys.stderr, 130)
    except (Failure, OSError) as error:
        failure = error if isinstance(error, Failure) else explain([str(error)])
        return say("\n".join([*failure.details, str(failure)]), sys.stderr, 1)


def say(text, stream=None, status=0):
    print(text, file=stream or sys.stdout, flush=True)
    return status


def check_python():
    if sys.version_info < OLDEST:
        raise Failure(
            "chatkit needs Python 3.11 or newer, and this is Python %d.%d: " % sys.version_info[:2]
            + "install a newer one, then use it by name, for example `python3.12 run.py lab`."
        )


def lab(arguments):
    prepare("lab", "terminal")
    # Not as a plain path: then the notebook's folder would be the root, and the package could not be opened.
    opened = [] if name_a_path(arguments) else ["--LabApp.default_url=/lab/tree/" + FIRST_LESSON]
    say("Starting JupyterLab; Ctrl-C twice ends it.")
    return hand_over("jupyterlab", opened + arguments)


def test(arguments):
    prepare("lab", "terminal", "test")
    paths = [name for name in ("tests", "notebooks") if Path(name).is_dir() and not name_a_path(arguments)]
    return hand_over("pytest", NBVAL + paths + arguments)


def name_a_path(arguments):
    return any(not word.startswith("-") and Path(word.split("::")[0]).exists() for word in arguments)


def install(arguments):
    prepare("lab", "terminal", "test")
    return say(".venv holds everything that `lab` and `test` need.")


def constraints(arguments):
    """Resolve with the oldest Python: what fits it fits the newer ones, but not the other way round."""
    if sys.version_info[:2] != OLDEST:
        raise Failure("Run this with Python %d.%d, the oldest, so that the pins fit every Python." % OLDEST)
    say("Asking pip for the newest releases that fit; nothing is installed.")
    with tempfile.TemporaryDirectory() as folder:
        make_environment(folder)
        pins = resolve(folder, [".[lab,terminal,test]"])
        pins.update(resolve(folder, ["--no-deps", "--platform=win_amd64", *ELSEWHERE]))
    lines = [name + "==" + version + marker(name) for name, version in sorted(pins.items())]
    PINS.write_text("\n".join(["# Written by `python3 run.py constraints`.", *lines, ""]))
    return say("constraints.txt pins %d packages." % len(pins))


def resolve(folder, arguments):
    """{name: version} of what pip would install, taken from pip's own report."""
    report = Path(folder, "report.json")
    # As if this were the very first 3.11: Debian 12 still has 3.11.2, and some releases ask for a later one.
    oldest = ["--python-version=%d.%d.0" % OLDEST, "--only-binary=:all:", "--target", folder]
    flags = ["--dry-run", "--ignore-installed", "--report", str(report)]
    watch(pip(folder, *flags, *oldest, *arguments))
    found = [entry["metadata"] for entry in json.loads(report.read_text(encoding="utf-8"))["install"]]
    pins = {package["name"].lower().replace("_", "-"): package["version"] for package in found}
    return {name: version for name, version in pins.items() if name != "chatkit"}


def marker(name):
    return "; " + ELSEWHERE[name] if name in ELSEWHERE else ""


VERBS = {"lab": lab, "test": test, "install": install, "constraints": constraints}


def prepare(*extras):
    """Make .venv hold these extras, and do nothing at all if it already does."""
    place, sources, held = read_stamp()
    if place != current_place():
        if VENV.exists():
            why = "belongs to another Python or folder" if place else "was left half made"
            say("The .venv here %s: making it anew." % why)
        say("Making .venv with Python %d.%d." % sys.version_info[:2])
        make_environment(VENV)
    elif sources == current_sources() and held.issuperset(extras):
        return
    fill(sorted(held.union(extras)))


def read_stamp():
    """(place, sources, extras) as of the last finished installation, empty if there was none."""
    lines = STAMP.read_text().splitlines() if STAMP.exists() and python_in(VENV).exists() else []
    return (lines[0], lines[1], set(lines[2].split())) if len(lines) == 3 else ("", "", set())


def current_place():
    """An environment works only in the folder, and for the Python, that it was made with."""
    return hashlib.sha256(os.fsencode("%d.%d " % sys.version_info[:2] + str(ROOT))).hexdigest()


def current_sources():
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + PINS.read_bytes()).hexdigest()


def make_environment(folder):
    try:
        import ensurepip  # noqa: F401 (Debian and Ubuntu ship Python without it)
        import venv  # noqa: F401
    except ImportError:
        raise Failure(
            "This Python cannot make virtual environments: on Debian or Ubuntu run "
            "`sudo apt install python3-venv`, elsewhere install Python from python.org, then run this again."
        ) from None
    # Never .venv's own Python, which an activated .venv puts first: --clear would delete it while it runs.
    base = getattr(sys, "_base_executable", None) or sys.executable
    watch([base, "-m", "venv", "--clear", "--without-pip", str(folder)])
    watch([str(python_in(folder)), "-m", "ensurepip", "--default-pip"])  # apart, because venv hides its words


def fill(extras):
    say("Installing %s with pip: once, for a minute or two." % " + ".join(extras))
    aside = STAMP.with_name("chatkit-stamp-before")
    if STAMP.exists():
        STAMP.replace(aside)
    try:
        watch(pip(VENV, "--editable", ".[%s]" % ",".join(extras), "--constraint", "constraints.txt"))
    except Failure:
        if aside.exists():
            aside.replace(STAMP)  # pip takes back a step that failed: what worked before still works
        raise
    settings = VENV / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps(CALM))
    STAMP.write_text("\n".join([current_place(), current_sources(), " ".join(extras)]) + "\n")


def pip(folder, *arguments):
    return [str(python_in(folder)), "-m", "pip", "install", "--disable-pip-version-check", *arguments]


def python_in(folder):
    return Path(folder, "Scripts/python.exe" if os.name == "nt" else "bin/python")


def watch(command):
    """Run a command, show signs of life in place of its output, and explain that output if it fails."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    process = subprocess.Popen(command, errors="replace", **streams)
    lines = []
    reader = threading.Thread(target=collect, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        show_progress(reader, lines)
        status = process.wait()
    except KeyboardInterrupt:
        let_go(process)
        raise
    if status:
        raise explain(lines)


def collect(stream, lines):
    for line in stream:
        lines.append(line.rstrip())


def let_go(process):
    """Ctrl-C has reached the child too: give it time to tidy up."""
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def show_progress(reader, lines):
    """On a terminal one line, written over every second and wiped in the end; elsewhere a line every ten."""
    live, began, width = sys.stdout.isatty(), time.monotonic(), shutil.get_terminal_size().columns - 1
    reader.join(1 if live else 10)
    try:
        while reader.is_alive():
            text = "  %3d s  %s" % (time.monotonic() - began, progress(lines))
            print("\r" + text[:width].ljust(width) if live else text, end="" if live else "\n", flush=True)
            reader.join(1 if live else 10)
    finally:
        print("\r" + " " * width + "\r" if live else "", end="", flush=True)


def progress(lines):
    writing = [line for line in lines if line.startswith("Installing collected packages:")]
    if writing:
        return "writing %d packages into .venv" % (writing[-1].count(",") + 1)
    found = [line for line in lines if line.startswith("Collecting ")]
    return "%d packages found so far" % len(found) if found else "working"


def explain(lines):
    for words, sentence in CAUSES.items():
        said = re.search(words, "\n".join(lines))
        if said:
            return Failure(sentence.format(said.group()))
    failure = Failure("Preparing .venv failed, for the reason above.")
    failure.details = ["  " + line for line in lines[-10:]]
    return failure


def hand_over(module, arguments):
    """Become the other program, so that signals, terminal and exit status are its own."""
    command = [str(python_in(VENV)), "-m", module, *arguments]
    path = os.pathsep.join([str(python_in(VENV).parent), os.environ.get("PATH", os.defpath)])
    # Jupyter must prefer the kernel in .venv to one of the same name in the user's home.
    environment = dict(os.environ, VIRTUAL_ENV=str(VENV), PATH=path, JUPYTER_PREFER_ENV_PATH="1")
    if os.name == "posix":
        os.execve(command[0], command, environment)
    signal.signal(signal.SIGINT, lambda *_: None)  # Windows cannot exec: wait, and leave Ctrl-C to the child
    return subprocess.call(command, env=environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
