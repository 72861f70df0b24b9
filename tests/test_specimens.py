"""The museum: each specimen breaks exactly the promises that it declares, and every promise has its specimen.

The walk here is the quick one: each specimen must break all that it declares, and keep the rest, but for
what is heavy, needs a process or is broken only sometimes. `chatkit check --museum` leaves out nothing.
"""

import ast
import multiprocessing
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from talker import PATIENCE, Talker, eventually, free_port

from chatkit.check import museum
from chatkit.check.deadline import comes_true
from chatkit.check.interrupting import interruptible
from chatkit.check.process import is_listening
from chatkit.check.promise import PROMISES, Level, Verdict
from chatkit.server import ChatServer
from chatkit.specimens import CAUSE, NAMES, specimen, specimens
from chatkit.specimens.naive import Naive

PACKAGE = Path(__file__).parent.parent / "chatkit"
PLACE = PACKAGE / "specimens"
PARTS = {"__init__", "__main__", "housing"}
# Six bytes sent without a pause are often read in one piece; a server that cannot collect then keeps this.
BROKEN_BY_LUCK = {"a_name_may_come_byte_by_byte"}

ENDLESS = """
from chatkit.check.museum import Here
from chatkit.specimens import specimen
for _ in range(10):
    Here(specimen("wakes_nobody").server("127.0.0.1", 0).start()).end()
"""

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


@pytest.fixture(scope="module")
def cells():
    """Every meeting of a quick walk through the museum; what of it never ends, ends with the process."""
    with multiprocessing.get_context("spawn").Pool(1) as elsewhere:
        return elsewhere.apply(museum.walk, kwds={"quick": True})


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", NAMES)
def test_a_specimen_breaks_exactly_what_it_declares(cells, name):
    mine = [cell for cell in cells if cell.specimen.name == name]
    assert not [cell.surprise for cell in mine if cell.surprise]
    assert {cell.outcome.name for cell in mine if cell.outcome.verdict is Verdict.BROKEN} == specimen(
        name
    ).breaks


class Silent:
    """A server that lets everybody in and says nothing."""

    listeners = []

    def __init__(self, host, port):
        self.listener = socket.create_server((host, port))
        self.listeners.append(self.listener)
        self.address = self.listener.getsockname()

    def start(self):
        return self

    def stop(self, timeout):
        self.listener.close()


@pytest.mark.parametrize("promise", ["a_message_reaches_everybody_else", "a_reset_is_told_once"])
def test_who_walks_out_of_the_museum_does_not_wait_until_what_has_begun_is_judged(monkeypatch, promise):
    monkeypatch.setattr(museum, "TO_KEEP", (1000.0,))  # for each thing that it waits for, about an hour
    known = museum.Specimen("known", ChatServer, "", "", frozenset(), frozenset({promise}))
    silent = museum.Specimen("silent", Silent, "", "", frozenset(), frozenset())

    monkeypatch.setattr(Silent, "listeners", [])

    def walk_out(cell):
        eventually(lambda: select.select(Silent.listeners, [], [], 0)[0], why="nobody visits the silent one")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        museum.walk([known, silent], [PROMISES[promise]], quick=True, watch=walk_out)
    assert not {t.name[:6] for t in threading.enumerate()} & {"museum", "check_"}


class Interrupting(Silent):
    """A server by whose start its process is interrupted, while the main thread waits and is not woken."""

    def start(self):
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        return self


def test_an_interrupt_that_comes_just_before_a_wait_is_not_lost(monkeypatch):
    monkeypatch.setattr(museum, "TO_KEEP", (1000.0,))
    exhibit = museum.Specimen("interrupting", Interrupting, "", "", frozenset(), frozenset())
    with interruptible(), pytest.raises(KeyboardInterrupt):
        museum.walk([exhibit], [PROMISES["a_reset_is_told_once"]], quick=True)


def test_every_promise_is_broken_by_a_specimen_and_every_specimen_breaks_one(cells):
    assert museum.surprises(cells) == []
    declared = {name for each in specimens() for name in each.breaks}
    promised = {p.name for p in PROMISES.values() if p.level in (Level.SPEC, Level.STURDY)}
    assert promised - declared == BROKEN_BY_LUCK


def test_the_matrix_has_a_row_for_each_promise_and_a_column_for_each_specimen(cells):
    text = museum.as_text(cells)
    rows = {line.split()[0]: line.split()[-1] for line in text.splitlines() if line.split()[:1] != []}
    assert {len(rows[cell.outcome.name]) for cell in cells} == {len(NAMES)}
    assert all(each.cause in text for each in specimens())


def test_a_specimen_that_is_repaired_is_a_surprise(cells):
    cell = next(cell for cell in cells if cell.outcome.verdict is Verdict.KEPT)
    boast = museum.Cell(
        museum.Specimen("boast", ChatServer, "", "", frozenset({cell.outcome.name}), frozenset()),
        cell.outcome,
    )
    assert boast.surprise == f"boast declares that it breaks {cell.outcome.name}, which is kept"
    assert boast.sign == "!"


def test_a_walk_is_over_although_some_servers_never_end():
    """At its exit a process stops its servers, one after the other; but not those."""
    ended = subprocess.run([sys.executable, "-c", ENDLESS], cwd=PACKAGE.parent, timeout=PATIENCE)
    assert ended.returncode == 0


def test_every_specimen_is_in_the_museum():
    assert {path.stem for path in PLACE.glob("*.py")} - PARTS == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_specimen_says_what_is_wrong(name):
    source = (PLACE / f"{name}.py").read_text(encoding="utf-8")
    assert source.startswith(f'"""{CAUSE}') or source.startswith(f'r"""{CAUSE}')
    assert specimen(name).cause
    assert specimen(name).symptom
    assert not specimen(name).breaks & specimen(name).sometimes
    assert specimen(name).breaks | specimen(name).sometimes <= set(PROMISES)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"naive"}))
def test_a_specimen_is_the_good_server_but_for_a_method_or_two(name):
    assert issubclass(specimen(name).server, ChatServer)
    tree = ast.parse((PLACE / f"{name}.py").read_text(encoding="utf-8"))
    methods = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert 1 <= len([each for each in methods if each.name != "__init__"]) <= 2


def test_the_naive_server_is_short():
    source = (PLACE / "naive.py").read_text(encoding="utf-8")
    (server,) = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    assert server.end_lineno - server.lineno <= 50


def test_only_the_museum_the_lab_and_the_exercises_know_the_specimens():
    for path in PACKAGE.rglob("*.py"):
        if "chatkit.specimens" in path.read_text(encoding="utf-8") and PLACE not in path.parents:
            here = {PACKAGE / "lab", PACKAGE / "exercises"} & set(path.parents)
            assert here or path == PACKAGE / "check/museum.py", path


@pytest.mark.parametrize("name", ["naive", "nobody_told"])
def test_a_specimen_runs_as_a_process(name):
    port = free_port()
    command = [sys.executable, "-m", "chatkit.specimens", name, "127.0.0.1", str(port)]
    with subprocess.Popen(command, cwd=PACKAGE.parent) as process:
        assert comes_true(lambda: is_listening(port), 10.0)
        with socket.create_connection(("127.0.0.1", port), 5.0) as caller:
            assert caller.recv(1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) in (0, -signal.SIGTERM)


def test_without_a_name_the_specimens_are_listed():
    ended = subprocess.run(
        [sys.executable, "-m", "chatkit.specimens"], cwd=PACKAGE.parent, capture_output=True, text=True
    )
    assert ended.returncode == 2
    assert all(name in ended.stderr for name in NAMES)


def test_the_naive_server_can_live_in_a_notebook():
    with (
        specimen("naive").server("127.0.0.1", 0) as server,
        socket.create_connection(server.address, 5.0) as caller,
    ):
        assert caller.recv(100) == b"What is your name?\n"
        port = server.address[1]
    assert not is_listening(port)


# The housing


class Tardy(Naive):
    """Its handlers end when they are told to, and not before."""

    def __init__(self, host, port):
        super().__init__(host, port)
        self.may_end, self.is_ending, self.has_ended = (threading.Event() for _ in range(3))

    def remove(self, client):
        self.is_ending.set()
        self.may_end.wait()
        self.has_ended.set()


def test_a_room_that_was_stopped_reads_nothing_any_more():
    """The next room's sockets have the numbers of its own."""
    with Tardy("127.0.0.1", 0) as server:
        talker = Talker(server.address, "ada")
        talker.resets()
        assert server.is_ending.wait(PATIENCE)
        later = threading.Timer(0.1, server.may_end.set)
        later.start()
        server.stop(PATIENCE)
        assert server.has_ended.is_set()
        later.join()


def test_a_thread_that_never_ends_is_not_waited_for_for_ever():
    server = Tardy("127.0.0.1", 0).start()
    talker = Talker(server.address, "ada")
    talker.resets()
    assert server.is_ending.wait(PATIENCE)
    server.stop(0.1)
    assert not server.has_ended.is_set()
    server.may_end.set()
    server.stop(PATIENCE)


class Slow(Naive):
    """Naive on a busy machine: whatever follows a broadcast is late."""

    def broadcast(self, line, sender=None):
        super().broadcast(line, sender)
        threading.Event().wait(0.2)


def test_whom_one_has_heard_of_hears_what_one_says(talk):
    with Slow("127.0.0.1", 0) as server:
        ada, grace = talk(server, "ada"), talk(server, "grace")
        ada.hears("* grace has entered the room")
        ada.says("hello")
        grace.hears("[ada] hello")


def test_a_room_may_end_while_its_thread_is_only_just_being_started(monkeypatch):
    server, begin = Naive("127.0.0.1", 0), threading.Thread._bootstrap
    begins, may_begin = threading.Event(), threading.Event()

    def begin_late(thread):
        if thread.name == "specimen accept":
            begins.set()
            may_begin.wait(PATIENCE)
        begin(thread)

    monkeypatch.setattr(threading.Thread, "_bootstrap", begin_late)
    starter = threading.Thread(target=server.start)
    starter.start()
    assert begins.wait(PATIENCE)
    server.stop(0.1)
    may_begin.set()
    starter.join()
    server.stop()
    assert not server._threads()
