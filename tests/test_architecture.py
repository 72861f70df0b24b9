"""The house: who may import whom, how large a file may be, and that the core needs only Python itself."""

import ast
import re
import statistics
import sys
from pathlib import Path

import pytest
from talker import PATIENCE

PACKAGE = Path(__file__).parent.parent / "chatkit"

# A conversation that outlives its connections: the first three are pure.
SESSION = ["backoff", "outgoing", "standing", "courier", "session"]

# From the ground up. A file imports from floors below, or from its left on its own floor.
PURE = ["errors", "framing", "messages", "plain", "consent", "recording", "effects", "commands", "room"]
PURE += ["broadcast", "pace", "cells"]
SERVER = ["awake", "latch", "limits", "connection", "behind", "listener", "door", "engine", "engines"]
SERVER += ["memory", "delivery", "hosting", "switchboard", "heir", "running", "server"]
CLIENT = ["dial", "hearing", "client"]
FLOORS = [
    [*PURE, "conversation"],  # pure: no socket, thread, file or widget
    [*SERVER, *CLIENT],  # sockets and threads
    ["history"],  # what outlives a server
    SESSION,
    # broken on purpose; judging any server; lessons; speed
    ["specimens", "check", "lab", "exercises", "bench"],
    ["panes", "cli", "terminal"],  # what people touch
]
THE_SITTING = ["framing", "messages", "room", "connection", "server", "client"]
NEEDS_ONLY_PYTHON = [*FLOORS[0], *FLOORS[1], "history", "check", "specimens", "exercises", "cli"]
NEEDS_ONLY_PYTHON += SESSION
PURE_MAY_NOT = {"socket", "threading", "select", "selectors", "time", "os", "pathlib", "logging"}


def sources(place):
    """The files of a module or a package of chatkit."""
    folder = PACKAGE / place
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def imports(path):
    """The full names of all modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import"
            yield from (
                [f"chatkit.{alias.name}" for alias in node.names]
                if node.module == "chatkit"
                else [node.module]
            )


def everything():
    return [(place, path) for floor in FLOORS for place in floor for path in sources(place)]


def below(place):
    """The places that a file of this place may import from, its own among them."""
    level = next(number for number, floor in enumerate(FLOORS) if place in floor)
    left = FLOORS[level][: FLOORS[level].index(place) + 1]
    return {name for floor in FLOORS[:level] for name in floor} | set(left)


def test_every_file_has_its_floor():
    places = {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert places - {"__init__", "__main__"} == {place for floor in FLOORS for place in floor}


@pytest.mark.parametrize(("place", "path"), everything(), ids=lambda value: getattr(value, "stem", value))
def test_a_file_imports_only_from_below(place, path):
    mine = [name.split(".")[1] for name in imports(path) if name.startswith("chatkit.")]
    known = {name for floor in FLOORS for name in floor}
    assert {name for name in mine if name in known} <= below(place)


@pytest.mark.parametrize("place", NEEDS_ONLY_PYTHON)
def test_the_core_needs_nothing_but_python(place):
    for path in sources(place):
        roots = {name.split(".")[0] for name in imports(path)}
        assert roots <= sys.stdlib_module_names | {"chatkit"}, path.name


@pytest.mark.parametrize("place", [*FLOORS[0], *SESSION[:3]])
def test_the_pure_floor_knows_no_socket_thread_clock_or_file(place):
    assert not PURE_MAY_NOT & {name.split(".")[0] for name in imports(PACKAGE / f"{place}.py")}


def test_the_sitting_stays_short():
    """The six files that a learner reads in one sitting: about 750 lines, blank ones not counted."""
    texts = [(PACKAGE / f"{name}.py").read_text(encoding="utf-8") for name in THE_SITTING]
    assert sum(bool(line.strip()) for text in texts for line in text.splitlines()) <= 765


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_a_file_is_short_and_states_its_law(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 200
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("place", [*FLOORS[0], *FLOORS[1]])
def test_the_core_speaks_ascii(place):
    assert all(path.read_text(encoding="utf-8").isascii() for path in sources(place))


def test_the_core_is_made_of_short_functions():
    lengths = [
        node.end_lineno - node.lineno + 1
        for place in [*FLOORS[0], *FLOORS[1]]
        for path in sources(place)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    assert statistics.median(lengths) <= 7
    assert max(lengths) <= 22


# A machine may stand still for minutes, so a deadline of a few seconds fails where nothing is wrong.
WAITS = r"(?:(?:join|wait|receive|settimeout)\(|create_connection\(.*timeout=)(\d+(?:\.\d+)?)\)"


EACH_TEST_FILE = pytest.mark.parametrize(
    "path", sorted(Path(__file__).parent.rglob("test_*.py")), ids=lambda path: path.name
)


@EACH_TEST_FILE
def test_what_a_test_waits_for_has_as_long_as_in_every_other(path):
    """Below five seconds it is a while in which something shall not happen."""
    found = re.findall(WAITS, path.read_text(encoding="utf-8"))
    assert [each for each in found if 5 <= float(each) < PATIENCE] == []


# A port that the system gave and that was given back, it gives to the next who asks: another test, elsewhere.
GIVES_BACK = (
    r" as (\w+):\n {8}\w+ = \1\.(?:getsockname|address)\S+\n(?! {8})"
    r"|(\w+)\.getsockname\(\)\S*\n +\2\.close\(\)"
)


@EACH_TEST_FILE
def test_no_test_counts_on_a_port_that_it_has_given_back(path):
    """`free_port` has those that nobody else is given."""
    assert not re.search(GIVES_BACK, path.read_text(encoding="utf-8"))
