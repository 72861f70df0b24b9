"""The board: what a user sees of a server's sockets and threads, whatever server it is and goes wrong."""

import _socket
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from program import ROOT
from talker import PATIENCE, Talker, eventually, free_port

from chatkit.check.measure import Hunger
from chatkit.check.process import is_listening
from chatkit.lab import kernel
from chatkit.lab.board import Board
from chatkit.lab.board_row import Part, Row, Verdict, plain_thread
from chatkit.lab.board_seen import Seen, Worker
from chatkit.lab.judge import Judge
from chatkit.specimens import NAMES, specimen

pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
    pytest.mark.skipif(not kernel.available, reason="it is Linux that shows queues and threads"),
]


@pytest.fixture
def watch(talkers):
    """`watch(server)` is a board that knows the names of all talkers, and is closed at the end."""
    with ExitStack() as boards:
        yield lambda server: boards.enter_context(
            Board(
                server, lambda: {each.socket.getsockname()[1]: each.name for each in talkers if is_open(each)}
            )
        )
    assert socket.socket.recv is _socket.socket.recv


@pytest.fixture
def naive(talkers):
    with specimen("naive").server("127.0.0.1", 0) as server:
        yield server


@pytest.fixture
def process(request):
    """`process(*words)` is a program that listens on the port it is told in place of PORT."""
    with ExitStack() as ends:

        def start(*words):
            port = free_port()
            command = [str(port) if word == "PORT" else word for word in words]
            started = ends.enter_context(subprocess.Popen(command, stderr=subprocess.DEVNULL))
            ends.callback(started.kill)
            eventually(lambda: is_listening(port))
            return "127.0.0.1", port

        yield start


def is_open(talker):
    return talker.socket.fileno() != -1


def row(look, who):
    """A person's row; one without numbers if the kernel's table, which changed meanwhile, has left it out."""
    found = [each for each in look.rows if each.who == who]
    assert len(found) <= 1
    return found[0] if found else Row(who, Part.CLIENT, recv_rate=0.0, unread=0, unsent=0)


def calls(look):
    return {each.who: (each.call, each.verdict) for each in look.rows}


def says_forever(talker):
    """Have somebody talk until nobody takes any more of it."""

    def talk():
        talker.socket.settimeout(PATIENCE)
        with suppress(OSError):
            while True:
                talker.says("x" * 900)

    thread = threading.Thread(target=talk)
    thread.start()
    return thread


# Where a healthy server waits


def test_each_socket_and_thread_of_the_threads_engine_has_a_row(watch, talkers, serve, gather, engine):
    if engine != "threads":
        pytest.skip("this is about the other engine")
    server = serve()
    gather(server, "ada", "grace")
    look = watch(server).wait_until(
        lambda look: all(each.verdict is Verdict.WAITS and each.call for each in look.rows), "rest", PATIENCE
    )
    assert re.sub(r":\d+ *", " ", look.text).splitlines() == [
        "who          TCP state    its thread waits in    verdict",
        "listener     LISTEN       accept listener.py waits",
        "ada          ESTABLISHED  recv connection.py waits",
        "grace        ESTABLISHED  recv connection.py waits",
        "switchboard  (a thread)   select engine.py waits",
    ]
    assert [each.outbox for each in look.rows] == [None, 0, 0, None]


def test_the_selectors_engine_has_one_thread_for_all(watch, serve, gather, engine):
    if engine != "selectors":
        pytest.skip("this is about the other engine")
    server = serve()
    gather(server, "ada", "grace")
    look = watch(server).wait_until(lambda look: look.rows[-1].call == "select", "rest", PATIENCE)
    assert [(each.who, each.verdict) for each in look.rows] == [
        ("listener", "quiet"),
        ("ada", "quiet"),
        ("grace", "quiet"),
        ("switchboard", "waits"),
    ]


def test_a_thread_that_is_just_at_work_is_shown_at_rest_unless_it_goes_on_working(watch, serve, monkeypatch):
    board, work = watch(serve()), [2]

    def seen():
        work[0] -= 1
        call = "" if work[0] > 0 else "select"
        return board._before, (Row("switchboard", Part.THREAD, call=call, core=0.1, verdict=Verdict.WORKS),)

    monkeypatch.setattr(board, "_judged", seen)
    assert board.look(wait=0).rows[0].call == ""
    assert board.look(wait=PATIENCE).rows[0].call == "select"
    work[0] = 1_000_000
    assert board.look(wait=0.05).rows[0].call == ""


@pytest.mark.parametrize("ask", [Board.look, lambda board: board.wait_until(lambda look: look.rows, "a row")])
def test_who_gets_no_core_for_a_second_is_not_shown_at_work_for_that(watch, serve, monkeypatch, ask):
    board, began = watch(serve()), time.monotonic()

    def seen():
        call = "select" if time.monotonic() - began > 1 else ""
        return board._before, (Row("switchboard", Part.THREAD, call=call, core=0.1, verdict=Verdict.WORKS),)

    monkeypatch.setattr(board, "_judged", seen)
    assert ask(board).rows[0].call == "select"


def test_two_servers_at_once_are_not_mixed_up(watch, serve, gather):
    one, other = serve(), serve()
    gather(one, "ada")
    gather(other, "grace")
    assert [each.who for each in watch(one).look().rows if each.part is Part.CLIENT] == ["ada"]
    assert [each.who for each in watch(other).look().rows if each.part is Part.CLIENT] == ["grace"]


def test_who_comes_back_has_a_new_row_and_rows_of_the_gone_vanish(watch, serve, gather, talk):
    server = serve()
    ada, grace = gather(server, "ada", "grace")
    board = watch(server)
    board.wait_until(lambda look: {"ada", "grace"} <= set(calls(look)), "both", PATIENCE)
    ada.leaves()
    grace.hears("* ada has left the room")
    board.wait_until(lambda look: "ada" not in calls(look), "ada gone", PATIENCE)
    talk(server, "ada")
    look = board.wait_until(lambda look: "ada" in calls(look), "ada back", PATIENCE)
    assert [each.who for each in look.rows if each.part is Part.CLIENT] == ["grace", "ada"]


def test_an_address_stands_for_who_is_not_known_and_in_no_saved_text(watch, serve):
    server = serve()
    with socket.create_connection(server.address) as ada:
        port = ada.getsockname()[1]
        look = watch(server).wait_until(
            lambda look: f"127.0.0.1:{port}" in calls(look), "the address", PATIENCE
        )
        assert str(port) not in look.text
        assert "a stranger" in look.text
        assert str(port) in look.numbers


# What goes wrong


def test_a_goodbye_that_nobody_hears_spins_until_the_room_is_stopped(watch, naive, gather):
    board = watch(naive)
    _, grace, _ = gather(naive, "ada", "grace", "linus")
    assert board.wait_for("waits", "grace", PATIENCE).who("SPINS") == ()
    grace.half_closes()
    look = board.wait_for("SPINS", "grace", PATIENCE)
    assert row(look, "grace").state == "CLOSE_WAIT"
    look = board.wait_until(lambda look: row(look, "grace").recv_rate > 1_000, "a high rate", PATIENCE)
    assert look.who("SPINS") == ("grace",)
    assert row(look, "ada").verdict == row(look, "linus").verdict == "waits"
    assert "⟳" in look.html
    assert "SPINS" in look.html
    naive.stop()
    look = board.wait_until(lambda look: not look.who("SPINS"), "the end of it", PATIENCE)
    assert look.missing == ("Nobody listens there.",)


def test_the_text_of_a_spinning_room_is_the_same_whenever_one_looks(watch, naive, gather):
    board = watch(naive)
    _, grace = gather(naive, "ada", "grace")
    grace.half_closes()
    text = board.wait_for("SPINS", "grace", PATIENCE).text
    assert re.search(r"grace +CLOSE_WAIT +recv naive.py:\d+ +▲ SPINS\n", text + "\n")
    assert {board.look().text for _ in range(5)} == {text}
    shown = board.look()._repr_mimebundle_()
    assert shown["text/plain"] == text
    assert "<td>recv naive.py:" in shown["text/html"]
    assert shown == board.look()._repr_mimebundle_()


def test_a_speaker_who_is_stuck_and_the_one_who_does_not_read_are_told(watch, naive, gather):
    ada, grace = gather(naive, "ada", "grace", receive_buffer=4096)
    board = watch(naive)
    thread = says_forever(ada)
    look = board.wait_for("stuck sending", "ada", PATIENCE)
    assert (row(look, "ada").call, row(look, "ada").words) == ("send", "stuck sending to grace")
    look = board.wait_for("does not read", "grace", PATIENCE)
    assert row(look, "grace").unsent > 0
    board.wait_until(lambda look: row(look, "ada").unread > 0, "bytes unread", PATIENCE)
    naive.stop()
    thread.join(PATIENCE)
    grace.socket.close()


def test_the_good_server_holds_what_a_frozen_reader_does_not_take_in_its_outbox(watch, serve, gather):
    server = serve()
    ada, _grace, linus = gather(server, "ada", "grace", "linus", receive_buffer=4096)
    board = watch(server)
    linus_hears = threading.Thread(target=linus.hears_until, args=("[ada] end",))
    linus_hears.start()
    for _ in range(1500):
        ada.says("x" * 900)
    ada.says("end")
    linus_hears.join(PATIENCE)
    look = board.wait_until(lambda look: row(look, "grace").outbox, "an outbox", PATIENCE)
    assert board.wait_for("does not read", "grace", PATIENCE)
    assert row(look, "linus").outbox == 0


def test_who_is_not_let_in_yet_and_who_holds_up_the_door_are_told(watch, naive, talkers):
    board = watch(naive)
    talkers += [Talker(naive.address) for _ in range(2)]
    talkers[0].name, talkers[1].name = "ada", "grace"
    talkers[0].hears_the_prompt()
    look = board.wait_for("not let in yet", "grace", PATIENCE)
    look = board.wait_for("held up", "listener", PATIENCE)
    assert row(look, "listener").words == "held up by ada"
    naive.stop()
    talkers[0].leaves()
    board.wait_until(lambda look: not look.rows, "nothing left", PATIENCE)


def test_a_goodbye_that_is_kept_but_not_asked_for_again_is_told(watch, talkers):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        caller = socket.create_connection(listener.getsockname())
        mine, _ = listener.accept()
        caller.close()
        with mine:
            board = watch(listener.getsockname())
            look = board.wait_until(lambda look: look.who("has said goodbye"), "a goodbye", PATIENCE)
    assert look.rows[1].unread == 0


def test_a_loop_that_reads_nothing_at_all_is_found_by_its_hunger(watch, talk):
    with specimen("busy_wait").server("127.0.0.1", 0) as server:
        talk(server, "ada")
        watch(server).wait_for("SPINS", "switchboard", PATIENCE)


def test_who_only_waits_for_a_core_on_a_busy_machine_does_not_spin():
    def verdict(ran):
        before, now = (
            Seen(at, workers=(Worker(1, "switchboard", hunger=hunger),), hungry=frozenset([1]))
            for at, hunger in [(0, Hunger()), (1, Hunger(ran, 1.0))]
        )
        return Judge(before, now).rows()[0].verdict

    assert verdict(ran=0.001) is Verdict.WORKS
    assert verdict(ran=0.1) is Verdict.SPINS


def test_who_works_on_for_a_while_without_a_call_does_not_spin(watch, serve, gather, monkeypatch):
    """To collect a big program's garbage takes as long, and no look falls into it: it stops all threads."""
    server = serve()
    hear_all = server.room.hear_all

    def works(guest, lines):
        end = time.thread_time() + 0.5
        while time.thread_time() < end:
            pass
        return hear_all(guest, lines)

    ada, bob = gather(server, "ada", "bob")
    board = watch(server)
    board.look()
    monkeypatch.setattr(server.room, "hear_all", works)
    ada.says("work")
    bob.hears("[ada] work")
    assert [board.look(wait=0).who("SPINS") for _ in range(3)] == [()] * 3


# Whatever it is shown


LOOK = """
import os, socket, sys, threading
from chatkit.lab.board import Board
from chatkit.specimens import specimen

threading.excepthook = lambda _: None
for name in sys.argv[1:]:
    server = specimen(name).server("127.0.0.1", 0).start()
    board = Board(server)
    ada, grace = (socket.create_connection(server.address, 300.0) for _ in range(2))
    ada.sendall(b"ada\\n")
    grace.sendall(b"grace\\n")
    look = board.wait_until(lambda look: len(look.rows) >= 3, "rows", 300.0)
    ada.close()
    look = board.look()
    assert look.html.count("<tr") == len(look.rows) + 1
    board.close()
    print(name, look.rows[0].who, flush=True)
    threading.Thread(target=server.stop, daemon=True).start()
os._exit(0)
"""


@pytest.mark.parametrize("names", [NAMES[at::4] for at in range(4)], ids=lambda names: names[0])
def test_every_specimen_can_be_looked_at(names):
    """In a process of their own, for a specimen may leave anything behind: a thread that spins, for one."""
    done = subprocess.run([sys.executable, "-c", LOOK, *names], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == [word for name in names for word in (name, "listener")], done.stderr


def test_threads_and_sockets_come_and_go_while_one_looks(watch, serve):
    server = serve()
    board, stop = watch(server), threading.Event()

    def churn(number):
        while not stop.is_set():
            Talker(server.address, f"p{number}").leaves()

    threads = [threading.Thread(target=churn, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(40):
            look = board.look()
            assert look.text
            assert look.html
            assert look.who("SPINS") == ()
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


def test_a_server_that_has_not_started_or_has_stopped_is_said_to(watch, serve):
    class Unborn:
        @property
        def address(self):
            raise RuntimeError("not yet")

    assert watch(Unborn()).look().missing == ("This server has not been started.",)
    server = serve()
    board = watch(server)
    server.stop()
    look = board.wait_until(lambda look: not look.rows, "nothing", PATIENCE)
    assert look.missing == ("Nobody listens there.",)


def test_a_learners_own_functions_are_recognized(watch, talkers):
    def serve_one(conn):
        while conn.recv(100):
            pass
        conn.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        talkers.append(Talker(listener.getsockname()))
        talkers[0].name = "ada"
        conn, _ = listener.accept()
        thread = threading.Thread(target=serve_one, args=(conn,))
        thread.start()
        look = watch(listener.getsockname()).wait_for("waits", "ada", PATIENCE)
        assert row(look, "ada").thread.startswith("recv test_board.py:")
        talkers[0].leaves()
        thread.join(PATIENCE)


def test_of_a_function_from_a_cell_the_name_is_shown_for_there_are_many_cells(watch, talkers):
    cell = {}
    source = "def echo(conn):\n    while conn.recv(100):\n        pass\n    conn.close()\n"
    exec(compile(source, "/tmp/ipykernel_7/8.py", "exec"), cell)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        talkers.append(Talker(listener.getsockname()))
        talkers[0].name = "ada"
        conn, _ = listener.accept()
        thread = threading.Thread(target=cell["echo"], args=(conn,))
        thread.start()
        look = watch(listener.getsockname()).wait_for("waits", "ada", PATIENCE)
        assert row(look, "ada").thread == "recv echo:2"
        talkers[0].leaves()
        thread.join(PATIENCE)


@pytest.mark.parametrize("address", ["here", "127.0.0.1:", ("127.0.0.1", "x")])
def test_what_is_no_address_is_refused_in_a_sentence(address):
    with pytest.raises(ValueError, match="is no address"):
        Board(address)


def test_a_closed_board_says_so_and_may_be_closed_again(serve):
    board = Board(serve())
    board.close()
    board.close()
    with pytest.raises(RuntimeError, match="closed"):
        board.look()
    assert socket.socket.recv is _socket.socket.recv


def test_waiting_for_what_never_comes_ends_with_what_was_seen(watch, serve):
    with pytest.raises(TimeoutError, match=r"ada SPINS: not seen in 0.1 seconds, but:\nwho .*"):
        watch(serve()).wait_for("SPINS", "ada", 0.1)


# In another process


def test_a_naive_server_in_another_process_is_seen_to_spin(watch, process, talk):
    server = Server(process(sys.executable, "-m", "chatkit.specimens", "naive", "127.0.0.1", "PORT"))
    ada, grace = talk(server, "ada"), talk(server, "grace")
    board = watch(f"127.0.0.1:{server.address[1]}")
    board.wait_until(lambda look: {"ada", "grace"} <= set(calls(look)), "both", PATIENCE)
    ada.hears("* grace has entered the room")
    grace.half_closes()
    look = board.wait_until(lambda look: look.who("SPINS"), "a loop", PATIENCE)
    assert "another process" in look.missing[0]
    assert row(look, "grace").state == "CLOSE_WAIT"
    assert row(look, "ada").recv_rate is None


@pytest.mark.skipif(not shutil.which("ncat"), reason="needs ncat")
def test_netcats_own_chat_can_be_looked_at(watch, process, talk):
    server = Server(process("ncat", "-l", "--chat", "127.0.0.1", "PORT"))
    talkers = [talk(server), talk(server)]
    talkers[0].name, talkers[1].name = "ada", "grace"
    look = watch(server.address).wait_until(
        lambda look: {"listener", "ada", "grace"} <= set(calls(look)), "all", PATIENCE
    )
    assert not look.who("SPINS")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be two users")
def test_a_process_of_somebody_else_shows_its_sockets_and_a_sentence(process, monkeypatch):
    address = process(sys.executable, "-m", "chatkit.specimens", "naive", "127.0.0.1", "PORT")
    monkeypatch.setattr(kernel, "owners", lambda inode: [])
    with Board(address) as board:
        look = board.look()
    assert [each.who for each in look.rows] == ["listener"]
    assert "belongs to somebody else" in look.missing[0]


class Server:
    def __init__(self, address):
        self.address = address


# How it looks


@pytest.mark.parametrize("theme", [".ck-board", '[data-jp-theme-light="false"] .ck-board'])
def test_every_word_can_be_read_on_what_is_behind_it(theme):
    css = Path(kernel.__file__).with_name("board.css").read_text(encoding="utf-8")
    rule = re.search(rf"^{re.escape(theme)} {{(.*?)}}", css, re.DOTALL | re.MULTILINE)[1]
    colour = dict(re.findall(r"--ckb-([\w-]+):[^;]*?(#[0-9a-f]{6})", rule))
    backs = ["back", "spins-back", "trouble-back"]
    pairs = [(colour[word], colour[back]) for word in ("words", "quiet", "faint") for back in backs]
    pairs += [(colour[word], colour[f"{word}-back"]) for word in ("spins", "trouble")]
    pairs += [("#ffffff", colour["badge"])]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


def contrast(one, other):
    """As WCAG 2 defines it."""
    dim, bright = sorted(luminance(colour) for colour in (one, other))
    return (bright + 0.05) / (dim + 0.05)


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.fault(17)
def test_text_from_outside_is_never_markup(watch, serve, talk):
    server = serve()
    ada = talk(server, "ada")
    ada.name = "<img src=x onerror='alert(1)'>"
    look = watch(server).wait_until(lambda look: ada.name in calls(look), "ada", PATIENCE)
    assert "<img" not in look.html
    assert "&lt;img src=x onerror=&#x27;" in look.html


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Thread-12 (handle)", "handle"),
        ("chatkit switchboard", "switchboard"),
        ("chatkit reader of 127.0.0.1 port 4711", "reader"),
        ("ThreadPoolExecutor-0_3", "ThreadPoolExecutor"),
        ("Thread-7", "Thread"),
        ("17", "thread"),
    ],
)
def test_a_threads_name_in_a_saved_text_is_the_same_in_every_run(name, plain):
    assert plain_thread(name) == plain
