"""What the machine does to a server: too many clients, no descriptors, no threads, a bug, a crowd."""

import contextlib
import os
import selectors
import shutil
import socket
import subprocess
import sys
import threading
import time

import pytest
from talker import PATIENCE, Talker, free_port, is_free

from chatkit import ChatClient, ChatServer, Limits
from chatkit.connection import Connection

FULL = "! the room is full; please come back later"


# Too many


@pytest.mark.fault(25)
def test_one_too_many_is_told_so_and_sent_away(serve, gather, talk):
    server = serve(limits=Limits(clients=2))
    gather(server, "ada", "grace")
    third = talk(server)
    third.hears(FULL)
    third.hears_the_end()


@pytest.mark.fault(25)
def test_those_inside_do_not_notice_one_too_many(serve, gather, talk):
    server = serve(limits=Limits(clients=2))
    ada, grace = gather(server, "ada", "grace")
    talk(server).hears(FULL)
    ada.says("hello")
    grace.hears("[ada] hello")


@pytest.mark.fault(25)
def test_when_one_leaves_there_is_a_place_again(serve, gather, talk, eventually):
    server = serve(limits=Limits(clients=2))
    ada, grace = gather(server, "ada", "grace")
    ada.leaves()
    grace.hears("* ada has left the room")
    eventually(lambda: len(server._connections) == 1)
    talk(server, "linus")
    grace.hears("* linus has entered the room")


@pytest.mark.fault(28)
def test_two_hundred_may_connect_at_one_instant(serve, gather, talk, hold):
    server = serve()
    (ada,) = gather(server, "ada")
    with hold(server, ada):
        crowd = [talk(server) for _ in range(200)]
    for each in crowd:
        each.hears_the_prompt()


@pytest.mark.fault(27)
def test_a_lack_of_threads_costs_one_newcomer_only(serve, gather, talk, monkeypatch, engine):
    if engine == "selectors":
        pytest.skip("this engine starts no thread for a client")
    server = serve()
    ada, grace = gather(server, "ada", "grace")

    def start(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        talk(server).hears(FULL)
    ada.says("hello")
    grace.hears("[ada] hello")
    talk(server, "linus")
    ada.hears("* linus has entered the room")


@pytest.mark.fault(27)
def test_a_start_without_threads_fails_and_keeps_no_port(engine, nothing_left, monkeypatch, eventually):
    port = free_port()
    server = ChatServer(port=port, engine=engine)

    def start(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            server.start()
    eventually(lambda: is_free(("127.0.0.1", port)))


def test_a_default_timeout_for_sockets_cuts_nobody(serve, gather, talk):
    socket.setdefaulttimeout(0.05)
    try:
        server = serve()
        ada, grace = gather(server, "ada", "grace")
        server.limits = Limits(naming=0.5)
        stranger = talk(server)
        stranger.hears_the_prompt()
        stranger.hears_an_error("no name")
        ada.says("still here")
        grace.hears("[ada] still here")
    finally:
        socket.setdefaulttimeout(None)


FEW_DESCRIPTORS = """
import resource, sys, time
from chatkit import ChatServer, Limits
resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
with ChatServer(port=0, engine=sys.argv[1], limits=Limits(clients=1000)) as server:
    print(server.address[1], flush=True)
    for line in sys.stdin:
        print(time.process_time(), flush=True)
"""


@pytest.fixture
def poor(engine):
    """A server in a process of its own that may have 40 descriptors; `poor.cpu()` is what it has used."""
    if os.name == "nt":
        pytest.skip("Windows has no such limit")
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", FEW_DESCRIPTORS, engine]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, bufsize=1) as process:

        def ask():
            process.stdin.write("\n")
            return float(process.stdout.readline())

        process.address, process.cpu = ("127.0.0.1", int(process.stdout.readline())), ask
        yield process
        process.kill()


@pytest.fixture
def crowd(poor, nothing_left):
    """Eighty who have come to it, with what they heard first: twice as many as it can serve."""
    everybody = [Talker(poor.address) for _ in range(80)]
    yield [(each, each.hears_a_line()) for each in everybody]
    for each in everybody:
        each.socket.close()


@pytest.mark.fault(26)
def test_without_descriptors_everybody_is_served_or_told(crowd):
    served = [talker for talker, line in crowd if line != FULL]
    for talker, line in crowd:
        if line == FULL:
            talker.hears_the_end()
    assert 20 < len(served) < 40


@pytest.mark.fault(26)
def test_without_descriptors_those_inside_chat_on(crowd):
    ada, grace, *_ = [talker for talker, line in crowd if line != FULL]
    ada.says("ada")
    ada.hears("* The room contains: ")
    grace.says("grace", "hello")
    ada.hears("* grace has entered the room", "[grace] hello")


@pytest.mark.fault(26)
def test_without_descriptors_the_server_does_not_spin(poor, crowd):
    before = poor.cpu()
    threading.Event().wait(0.5)
    assert poor.cpu() - before < 0.2


@pytest.mark.fault(26)
def test_with_descriptors_again_the_server_serves_again(poor, crowd, eventually):
    for talker, _ in crowd:
        talker.socket.close()

    def is_let_in():
        newcomer = Talker(poor.address)
        served = newcomer.hears_a_line() != FULL
        newcomer.socket.close()
        return served

    eventually(is_let_in)


# A bug


@pytest.mark.fault(36)
@pytest.mark.parametrize("hook", ["arrive", "hear_all", "leave"])
def test_a_bug_in_a_hook_costs_one_client_only(serve, gather, talk, eventually, caplog, hook):
    server = serve()
    ada, grace, linus = gather(server, "ada", "grace", "linus")
    works, victim = getattr(server.room, hook), server.room.holder("ada")

    def breaks(guest, *args):
        if guest is victim or hook == "arrive":
            raise ZeroDivisionError("a bug")
        return works(guest, *args)

    setattr(server.room, hook, breaks)
    if hook == "arrive":
        with contextlib.suppress(ConnectionError):  # it may be cut before its connect has returned
            talk(server).hears_the_end()
    elif hook == "hear_all":
        ada.says("hello")
        grace.hears("* ada has left the room (server error)")
    else:
        ada.leaves()
    eventually(lambda: "a bug" in caplog.text)
    setattr(server.room, hook, works)
    grace.says("hello")
    linus.hears_until("[grace] hello")
    eventually(lambda: len(server._connections) <= 3)


@pytest.mark.fault(27, 36)
def test_a_bug_at_the_door_costs_one_caller_only(serve, gather, talk, caplog, monkeypatch):
    server = serve()
    ada, grace = gather(server, "ada", "grace")
    with monkeypatch.context() as patch:
        patch.setattr(Connection, "__init__", lambda *_: 1 / 0)
        stranger = talk(server)
        stranger.hears_the_end()
    talk(server, "linus")
    for each in (ada, grace):
        each.hears("* linus has entered the room")
    assert caplog.text.count("a bug in the server; it turns 127.0.0.1 port") == 1


@pytest.mark.fault(36)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_that_ends_the_server_leaves_nobody_waiting(serve, gather, monkeypatch, eventually):
    server = serve()
    (ada,) = gather(server, "ada")
    monkeypatch.setattr(server, "_give_out", lambda: 1 / 0)
    ada.says("hello")
    assert ada.hears_all() == []
    server.serve_forever()  # it has ended
    eventually(lambda: is_free(server.address))
    server._thread.join()
    monkeypatch.undo()
    assert server.start().names == ()  # nobody of before is taken for present
    gather(server, "ada")


@pytest.mark.fault(36)
def test_words_that_are_none_harm_whoever_asks_alone(serve, gather):
    class Bad:
        def __str__(self):
            raise ValueError("no words")

    server = serve()
    ada, grace = gather(server, "ada", "grace")
    with pytest.raises(ValueError, match="no words"):
        server.kick("ada", Bad())
    ada.says("still here")
    grace.hears("[ada] still here")


@pytest.mark.fault(36)
@pytest.mark.parametrize("name", ["nobody", 5, None])
def test_to_remove_nobody_harms_nobody(serve, gather, name):
    server = serve()
    server.kick(name)
    ada, grace = gather(server, "ada", "grace")
    server.kick(name)
    ada.says("still here")
    grace.hears("[ada] still here")


@pytest.mark.fault(36)
def test_whoever_meets_a_bug_is_cut_and_the_log_says_who(serve, gather, talk, caplog, monkeypatch):
    server = serve()
    (ada,) = gather(server, "ada")
    here = f"127.0.0.1 port {ada.socket.getsockname()[1]}"
    hear_all = server.room.hear_all

    def breaks(guest, lines):
        return hear_all(guest, lines) if lines != [b"magic"] else 1 / 0

    monkeypatch.setattr(server.room, "hear_all", breaks)
    ada.says("magic")
    assert ada.hears_all() == []
    assert any("a bug in the server" in text and here in text for text in caplog.messages)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.fault(36)
def test_a_bug_that_meets_every_goodbye_is_told_once_of_each_and_turns_no_loop(
    serve, gather, eventually, caplog, monkeypatch
):
    server = serve()
    ada, grace, linus = gather(server, "ada", "grace", "linus")
    monkeypatch.setattr(server.room, "leave", lambda guest, reason="": 1 / 0)
    ada.leaves()
    grace.resets()
    eventually(lambda: len(server._connections) == 1)
    linus.says("/who")
    linus.hears("! here now: ada, grace, linus")  # what a bug has cost: their names
    assert caplog.text.count("a bug in the server") == 2


# What costs nothing


def test_fifty_silent_clients_cost_no_cpu(serve, gather):
    gather(serve(), *(f"guest{number}" for number in range(50)))
    before = time.process_time()
    threading.Event().wait(2.0)
    assert time.process_time() - before < 0.5  # a collection of garbage may take the half of it


def test_a_half_closed_client_who_stays_costs_no_cpu(serve, gather, eventually):
    server = serve(limits=Limits(linger=60))
    ada, grace = gather(server, "ada", "grace")
    ada.half_closes()
    grace.hears("* ada has left the room")
    before = time.process_time()
    threading.Event().wait(2.0)
    assert time.process_time() - before < 0.5  # a collection of garbage may take the half of it


# The sockets


@pytest.mark.fault(5)
@pytest.mark.parametrize(
    ("level", "option", "value"),
    [
        ("IPPROTO_TCP", "TCP_NODELAY", 1),
        ("SOL_SOCKET", "SO_KEEPALIVE", 1),
        ("IPPROTO_TCP", "TCP_KEEPIDLE", 60),
        ("IPPROTO_TCP", "TCP_KEEPINTVL", 15),
        ("IPPROTO_TCP", "TCP_KEEPCNT", 4),
        ("IPPROTO_TCP", "TCP_USER_TIMEOUT", 60_000),
    ],
)
def test_every_accepted_socket_notices_a_silent_death(serve, gather, level, option, value):
    if not hasattr(socket, option):
        pytest.skip(f"this system has no {option}")
    server = serve()
    gather(server, "ada")
    sock = server.room.holder("ada").sock
    assert sock.getsockopt(getattr(socket, level), getattr(socket, option)) == value


@pytest.mark.fault(6)
def test_the_kernel_keeps_no_more_than_half_a_megabyte_for_a_client(serve, gather):
    server = serve()
    gather(server, "ada")
    assert server.room.holder("ada").sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 1 << 19


# Netcat, an independent witness


class Netcat:
    """A netcat that is talked to by its standard input and output."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._buffer = b""

    def says(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def hears(self, expected):
        while b"\n" not in self._buffer:
            with selectors.DefaultSelector() as selector:
                selector.register(self.process.stdout, selectors.EVENT_READ)
                assert selector.select(PATIENCE), f"netcat heard nothing, not {expected!r}"
            chunk = os.read(self.process.stdout.fileno(), 65536)
            assert chunk, f"netcat heard the end, not {expected!r}"
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        assert line.decode() == expected

    def joins(self, name, roster):
        self.hears("Welcome to chatkit! What shall I call you?")
        self.says(name)
        self.hears(f"* The room contains: {roster}")

    def ends(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


def netcats(address):
    """Three netcats, of as many kinds as there are."""
    where = [address[0], str(address[1])]
    kinds = [["nc", "-N"], ["ncat", "--crlf"], ["nc", "-N"]] if shutil.which("ncat") else [["nc", "-N"]] * 3
    return [Netcat(*kind, *where) for kind in kinds]


@pytest.mark.fault(46)
@pytest.mark.skipif(not shutil.which("nc"), reason="there is no netcat")
def test_three_netcats_and_a_chat_client_talk_in_one_room(serve):
    server = serve()
    one, two, three = netcats(server.address)
    one.joins("ada", "")
    two.joins("grace", "ada")
    three.joins("linus", "ada, grace")
    one.hears("* grace has entered the room")
    for netcat in (one, two):
        netcat.hears("* linus has entered the room")
    with ChatClient(*server.address, "chatkit") as client:
        for netcat in (one, two, three):
            netcat.hears("* chatkit has entered the room")
        client.say("hello, netcats")
        for netcat in (one, two, three):
            netcat.hears("[chatkit] hello, netcats")
        two.says("hello, chatkit")
        for netcat in (one, three):
            netcat.hears("[grace] hello, chatkit")
        heard = [str(message) for message in (client.receive(PATIENCE) for _ in range(3))]
        assert heard[1:] == ["* The room contains: ada, grace, linus", "[grace] hello, chatkit"]
    for netcat in (one, two, three):
        netcat.hears("* chatkit has left the room")
    two.ends()
    for netcat in (one, three):
        netcat.hears("* grace has left the room")
        netcat.ends()
