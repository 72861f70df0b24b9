"""A terminal that goes away: the program on it ends, and the room hears so; it never spins on."""

import os
import signal
import subprocess
import sys

import pytest
from talker import Talker

from chatkit import ChatServer

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such terminals")


def at_a_terminal(*words, ignores):
    """Start the program at a terminal of its own; return it, and the terminal's other end."""
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
    os.close(slave)
    return program, master


def read_until(master, words):
    seen = b""
    while words not in seen:
        seen += os.read(master, 1 << 16)


@pytest.mark.parametrize("ignores", [False, True], ids=["a-shell", "nohup"])
def test_the_app_leaves_the_room_and_ends(ignores):
    with ChatServer(port=0) as server:
        grace = Talker(server.address, "grace")
        words = "join", *map(str, server.address), "ada", "--no-remember"
        program, master = at_a_terminal(*words, ignores=ignores)
        try:
            grace.hears("* ada has entered the room")
            read_until(master, b"grace")
            os.close(master)
            grace.hears("* ada has left the room")
            assert program.wait(15) is not None
        finally:
            program.kill()
            program.wait()
            grace.leaves()


def test_the_hosts_view_stops_its_server_and_ends():
    program, master = at_a_terminal("serve", "127.0.0.1", "0", "--tui", ignores=True)
    try:
        read_until(master, b"listening")
        os.close(master)
        assert program.wait(15) is not None
    finally:
        program.kill()
        program.wait()
