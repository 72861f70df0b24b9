"""A terminal that goes away: the program on it ends, and the room hears so; it never spins on."""

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest
from program import UNNOTICED
from talker import PATIENCE, Talker, free_port

from chatkit import ChatServer
from chatkit.terminal import hangup

fcntl, termios = map(pytest.importorskip, ("fcntl", "termios"))
pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such terminals")


RUN = "import runpy; runpy.run_module('chatkit', run_name='__main__')"
PATIENT = [sys.executable, "-c", f"import chatkit.terminal.hangup as hangup; hangup.GRACE = 1e6; {RUN}"]
EVER_SO_STUCK = pytest.mark.parametrize(
    "command",
    [[sys.executable, "-m", "chatkit"], [sys.executable, "-c", UNNOTICED + RUN]],
    ids=["in a call", "just before it"],
)


def at_a_terminal(*words, ignores, command=(sys.executable, "-m", "chatkit")):
    """Start the program at a terminal of its own; return it, the terminal's other end, and its name."""
    master, slave = os.openpty()
    program = subprocess.Popen(
        [*command, *words],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm"},
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN if ignores else signal.SIG_DFL),
    )
    name = os.ttyname(slave)
    os.close(slave)
    return program, master, name


def read_until(master, words):
    seen = b""
    while words not in seen:
        seen += os.read(master, 1 << 16)


def talk_until_it_is_stuck(grace, master, terminal):
    """Say more and more, until for a second a screen that nobody reads has taken nothing."""
    slave = os.open(terminal, os.O_WRONLY | os.O_NOCTTY)
    written, since = 0, time.monotonic()
    while time.monotonic() < since + 1.0:
        grace.says("x" * 4000)
        select.select([], [], [], 0.02)
        waiting = int.from_bytes(fcntl.ioctl(master, termios.FIONREAD, bytes(4)), sys.byteorder)
        if waiting != written or select.select([], [slave], [], 0)[1]:
            written, since = waiting, time.monotonic()
    os.close(slave)


@EVER_SO_STUCK
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda each: each.name)
def test_at_a_terminal_that_takes_nothing_a_signal_still_ends_the_app(number, command):
    with ChatServer(port=0) as server:
        grace = Talker(server.address, "grace")
        words = "join", *map(str, server.address), "ada", "--no-remember"
        program, master, terminal = at_a_terminal(*words, ignores=False, command=command)
        try:
            grace.hears("* ada has entered the room")
            read_until(master, b"grace")
            talk_until_it_is_stuck(grace, master, terminal)
            program.send_signal(number)
            grace.hears("* ada has left the room")
            assert program.wait(PATIENCE) == 128 + number
        finally:
            program.kill()
            program.wait()
            os.close(master)
            grace.leaves()


@pytest.mark.parametrize("ignores", [False, True], ids=["a-shell", "nohup"])
def test_the_app_leaves_the_room_and_ends(ignores):
    with ChatServer(port=0) as server:
        grace = Talker(server.address, "grace")
        words = "join", *map(str, server.address), "ada", "--no-remember"
        program, master, _ = at_a_terminal(*words, ignores=ignores)
        try:
            grace.hears("* ada has entered the room")
            read_until(master, b"grace")
            os.close(master)
            grace.hears("* ada has left the room")
            assert program.wait(PATIENCE) is not None
        finally:
            program.kill()
            program.wait()
            grace.leaves()


def test_the_hosts_view_stops_its_server_and_ends():
    program, master, _ = at_a_terminal("serve", "127.0.0.1", "0", "--tui", ignores=True)
    try:
        read_until(master, b"listening")
        os.close(master)
        assert program.wait(PATIENCE) is not None
    finally:
        program.kill()
        program.wait()


def serve_at_a_terminal(**options):
    """Start a host's view; return it, the terminal's other end, its name, and a guest."""
    port = free_port()
    program, master, terminal = at_a_terminal("serve", str(port), "--tui", ignores=False, **options)
    read_until(master, b"listening")
    return program, master, terminal, Talker(("127.0.0.1", port), "grace")


@contextmanager
def taking_nothing(terminal):
    """Have the terminal take nothing that is written to it, as after Ctrl-S."""
    slave = os.open(terminal, os.O_RDWR | os.O_NOCTTY)
    try:
        termios.tcflow(slave, termios.TCOOFF)
        yield slave
    finally:
        os.close(slave)


@pytest.mark.fault(33)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_a_room_waits_for_no_terminal_of_its_host(number):
    program, master, terminal, grace = serve_at_a_terminal(command=PATIENT)
    try:
        with taking_nothing(terminal):
            program.send_signal(number)
            grace.hears("! the server is stopping; goodbye")
            grace.hears_the_end()
    finally:
        program.kill()
        program.wait()
        os.close(master)
        grace.leaves()


@pytest.mark.fault(33)
@EVER_SO_STUCK
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_at_a_terminal_that_takes_nothing_a_signal_still_ends_the_hosts_view(number, command):
    program, master, terminal, grace = serve_at_a_terminal(command=command)
    try:
        with taking_nothing(terminal):
            program.send_signal(number)
            assert program.wait(PATIENCE) == 128 + number
    finally:
        program.kill()
        program.wait()
        os.close(master)
        grace.leaves()


def test_a_signal_ends_the_hosts_view_in_good_order():
    program, master, _, grace = serve_at_a_terminal()
    try:
        program.send_signal(signal.SIGTERM)
        grace.hears("! the server is stopping; goodbye")
        grace.leaves()
        with suppress(OSError):  # which is how such a terminal tells that nobody has it any more
            while os.read(master, 1 << 16):
                pass
        assert program.wait(PATIENCE) == 0
    finally:
        program.kill()
        program.wait()
        os.close(master)
        grace.leaves()


def test_a_terminal_that_is_slow_is_told_from_one_that_takes_nothing_or_has_gone():
    master, slave = os.openpty()
    with open(slave, "w") as output:
        assert hangup._is_taken(output)
        with taking_nothing(os.ttyname(slave)):
            assert not hangup._is_taken(output)
            termios.tcflow(slave, termios.TCOON)
        assert hangup._is_taken(output)
        os.close(master)
        assert not hangup._is_taken(output)
    assert hangup._is_taken(None)
