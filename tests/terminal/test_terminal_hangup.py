"""A terminal that goes away: the program on it ends, and the room hears so; it never spins on."""

import os
import select
import signal
import subprocess
import sys
import time

import pytest
from talker import Talker

from chatkit import ChatServer

fcntl, termios = map(pytest.importorskip, ("fcntl", "termios"))
pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such terminals")


def at_a_terminal(*words, ignores):
    """Start the program at a terminal of its own; return it, the terminal's other end, and its name."""
    master, slave = os.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "chatkit", *words],
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda each: each.name)
def test_at_a_terminal_that_takes_nothing_a_signal_still_ends_the_app(number):
    with ChatServer(port=0) as server:
        grace = Talker(server.address, "grace")
        words = "join", *map(str, server.address), "ada", "--no-remember"
        program, master, terminal = at_a_terminal(*words, ignores=False)
        try:
            grace.hears("* ada has entered the room")
            read_until(master, b"grace")
            talk_until_it_is_stuck(grace, master, terminal)
            program.send_signal(number)
            grace.hears("* ada has left the room")
            assert program.wait(30) == 128 + number
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
            assert program.wait(30) is not None
        finally:
            program.kill()
            program.wait()
            grace.leaves()


def test_the_hosts_view_stops_its_server_and_ends():
    program, master, _ = at_a_terminal("serve", "127.0.0.1", "0", "--tui", ignores=True)
    try:
        read_until(master, b"listening")
        os.close(master)
        assert program.wait(30) is not None
    finally:
        program.kill()
        program.wait()
