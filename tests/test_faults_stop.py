"""The end: everybody is told, what is queued goes first, and nothing of the server stays behind."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from talker import PATIENCE, Talker, free_port, has_been_reset, is_free
from within import within

from chatkit import ChatServer, Limits

GOODBYE = "! the server is stopping; goodbye"


def in_the_background(work):
    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.fault(33)
def test_stop_tells_everybody_and_ends_in_order(serve, talk, gather):
    server = serve(limits=Limits(linger=0.05))
    ada, grace = gather(server, "ada", "grace")
    stranger = talk(server)
    stranger.hears_the_prompt()
    server.stop()
    for each in (ada, grace, stranger):
        each.hears(GOODBYE)
        each.hears_the_end()
        assert each.end == "FIN"


@pytest.mark.fault(33)
def test_stop_sends_what_is_queued_to_a_slow_reader_who_lives(serve, gather):
    server = serve(limits=Limits(linger=20, stall_time=600))
    (grace,) = gather(server, "grace")
    (slow,) = gather(server, "ada", receive_buffer=4096)
    grace.hears("* ada has entered the room")
    text = "x" * 4000
    for _ in range(500):
        grace.says(text)
    grace.says("/who")
    grace.hears("! here now: grace, ada")
    stopping = in_the_background(lambda: server.stop(timeout=PATIENCE))
    grace.hears(GOODBYE)
    assert slow.hears_all() == [*[f"[grace] {text}"] * 500, GOODBYE]
    slow.leaves()
    grace.leaves()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()


@pytest.mark.fault(33)
def test_stop_ends_in_time_although_clients_are_frozen(serve, gather):
    server = serve(limits=Limits(linger=20, stall_time=600))
    (grace,) = gather(server, "grace")
    for name in ("ada", "linus"):
        gather(server, name, receive_buffer=4096)
        grace.hears(f"* {name} has entered the room")
    for _ in range(500):
        grace.says("x" * 4000)
    grace.says("/who")
    grace.hears("! here now: grace, ada, linus")
    within(15, lambda: server.stop(timeout=0.2))


@pytest.mark.fault(33)
def test_who_is_slow_to_read_hears_all_there_was_before_the_goodbye(serve, gather, eventually):
    """The kernel has taken it, and a reset would have it thrown away."""
    server = serve(limits=Limits(linger=0.2))
    (grace,) = gather(server, "grace")
    (ada,) = gather(server, "ada", receive_buffer=4096)
    grace.says(*["x" * 4000] * 40, "/who")
    grace.hears_until("! here now: grace, ada")
    eventually(lambda: not any(server.outboxes.values()))
    stopping = in_the_background(lambda: server.stop(timeout=PATIENCE))
    assert has_been_reset(grace.socket)  # she has heard all, and says no goodbye
    *said, goodbye = ada.hears_all()
    assert said == ["[grace] " + "x" * 4000] * 40
    assert goodbye == "! the server is stopping; goodbye"
    stopping.join(PATIENCE)


def test_stop_twice_is_no_error(serve):
    server = serve()
    server.stop()
    server.stop()


@pytest.mark.fault(33)
def test_who_has_not_ended_in_time_is_not_forgotten(engine, talk, monkeypatch):
    """A second start beside what still ends would share its sockets with it."""
    may_end = threading.Event()

    class Hangs(ChatServer):
        def _close_down(self):
            may_end.wait()
            super()._close_down()

    monkeypatch.setattr("chatkit.server.GRACE", 0.1)
    server = Hangs(port=0, engine=engine).start()
    server.stop(0)
    with pytest.raises(RuntimeError, match="running already"):
        server.start()
    may_end.set()
    monkeypatch.undo()
    server.stop()
    with server.start() as again:
        ada = talk(again, "ada")
        assert ada.found == [""]
        ada.leaves()


def test_stop_before_start_is_no_error(engine):
    ChatServer(port=0, engine=engine).stop()


def test_two_may_stop_it_at_once(serve):
    for _ in range(30):
        server = serve()
        threads = [in_the_background(server.stop) for _ in range(2)]  # an error in one fails the test
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


def test_the_same_server_may_start_again_in_an_empty_room(serve, gather):
    server = serve(limits=Limits(linger=0.05))
    gather(server, "ada")
    server.stop()
    server.start()
    (ada,) = gather(server, "ada")
    ada.says("/who")
    ada.hears("! here now: ada")


def test_twenty_rounds_on_one_port_with_clients_in_the_room(engine, nothing_left):
    server = ChatServer(port=free_port(), engine=engine)
    for _ in range(20):
        with server.start():
            guests = [Talker(server.address, name) for name in ("ada", "grace", "linus")]
            ends = [
                in_the_background(lambda guest=guest: (guest.hears_all(), guest.leaves())) for guest in guests
            ]
        for end in ends:
            end.join(PATIENCE)
        assert [guest.end for guest in guests] == ["FIN"] * 3


@pytest.mark.fault(33)
def test_it_can_be_stopped_while_twenty_clients_flood_it(serve, gather, talkers):
    server = serve()
    flooders = gather(server, *(f"guest{number}" for number in range(20)))
    heard_one = threading.Event()

    def floods(talker):
        with contextlib.suppress(OSError):
            while True:
                talker.says(*["flood " * 80] * 10)

    def listens(talker):
        with contextlib.suppress(OSError):
            while talker.socket.recv(1 << 16):
                heard_one.set()
        talker.resets()

    threads = [in_the_background(lambda f=f, w=w: w(f)) for f in flooders for w in (floods, listens)]
    assert heard_one.wait(PATIENCE)
    within(60, lambda: server.stop(timeout=1))
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_whoever_connects_at_the_moment_of_stopping_is_not_left_hanging(serve, talk):
    for _ in range(20):
        server = serve(limits=Limits(linger=0.01))
        stopping = in_the_background(server.stop)
        with contextlib.suppress(OSError):
            newcomer = talk(server)
            newcomer.says("ada")  # if the kernel forgot it together with the listener, this draws a reset
            newcomer.hears_all()  # fails if there is no end
        stopping.join(PATIENCE)
        assert not stopping.is_alive()


def test_nobody_is_told_who_leaves_while_it_stops(serve, gather):
    server = serve(limits=Limits(linger=0.05))
    guests = gather(server, "ada", "grace", "linus")
    server.stop()
    assert [guest.hears_all() for guest in guests] == [[GOODBYE]] * 3


# The process

PROGRAM = """
import sys
from chatkit import ChatServer
with ChatServer(port=int(sys.argv[2]), engine=sys.argv[1]) as server:
    try:
        print(server.address[1], flush=True)
        {wait}
    except KeyboardInterrupt:
        pass
"""


@contextlib.contextmanager
def program(engine, port=0, wait="server.serve_forever()", code=PROGRAM):
    command = [sys.executable, "-c", code.format(wait=wait), engine, str(port)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        process.address = ("127.0.0.1", int(process.stdout.readline()))
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.fault(33)
@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that only one process gets")
def test_an_interrupt_tells_everybody_and_ends_the_process_in_good_order(engine):
    with program(engine) as process:
        ada = Talker(process.address, "ada")
        process.send_signal(signal.SIGINT)
        ada.hears(GOODBYE)
        ada.hears_the_end()
        ada.leaves()
        assert process.wait(PATIENCE) == 0
        assert process.stderr.read() == ""


@pytest.mark.fault(34)
def test_a_program_that_ends_without_stopping_its_server_stops_it(engine):
    forgetful = PROGRAM.replace("with ChatServer", "if server := ChatServer").replace(
        "sys.argv[1]) as server", "sys.argv[1]).start()"
    )
    with program(engine, wait="sys.stdin.readline()", code=forgetful) as process:
        ada = Talker(process.address, "ada")
        process.stdin.write("\n")
        process.stdin.flush()
        ada.hears(GOODBYE)
        ada.hears_the_end()
        ada.leaves()
        assert process.wait(PATIENCE) == 0
        assert process.stderr.read() == ""


@pytest.mark.fault(30)
def test_after_a_kill_it_can_be_started_at_once_on_the_same_port(engine):
    port = free_port()
    for _ in range(3):
        with program(engine, port) as process:
            ada = Talker(process.address, "ada")
            process.kill()
            ada.hears_the_end()
            ada.leaves()


@pytest.mark.fault(35)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_holds_nothing_of_the_server(serve, gather):
    server = serve()
    ada, grace = gather(server, "ada", "grace")
    descriptors = {server._listener.socket.fileno(), *(each.sock.fileno() for each in server._connections)}
    says, hears = os.pipe()
    child = os.fork()
    if not child:
        still_open = [each for each in descriptors if os.path.exists(f"/dev/fd/{each}")]
        os.write(hears, b"all closed" if not still_open and not server._thread else b"still open")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(says, 100) == b"all closed"
    os.close(says)
    os.close(hears)
    ada.says("the parent goes on")
    grace.hears("[ada] the parent goes on")


@pytest.mark.fault(35)
@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="not measured: no /proc here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_does_not_hold_who_is_still_at_the_door(serve, gather, talk, hold, eventually):
    server = serve()
    (ada,) = gather(server, "ada")
    with hold(server, ada):
        strangers = [talk(server) for _ in range(5)]
        if server.engine == "threads":  # it accepts them meanwhile, and no more
            eventually(lambda: len(server._listener._callers) == 6)
        theirs = {os.readlink(f"/proc/self/fd/{each.fileno()}") for each in server._listener._callers}
        child = os.fork()
        if not child:
            links = [each for each in Path("/proc/self/fd").iterdir() if os.path.lexists(each)]
            os._exit(len(theirs.intersection(map(os.readlink, links))))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    for each in strangers:
        each.hears_the_prompt()


@pytest.mark.fault(35)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_keeps_neither_the_clients_nor_the_port(serve, gather, eventually):
    server = serve(limits=Limits(linger=0.05))
    (ada,) = gather(server, "ada")
    wait, go = os.pipe()
    child = os.fork()
    if not child:
        os.close(go)
        os.read(wait, 1)  # until the parent has seen it all
        os._exit(0)
    server.stop()
    try:
        ada.hears(GOODBYE)
        ada.hears_the_end()
        eventually(lambda: is_free(server.address))
    finally:
        os.close(go)
        os.close(wait)
        os.waitpid(child, 0)
