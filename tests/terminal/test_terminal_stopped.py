"""An app that the system stops and lets go on: it takes keys as before, and leaves the terminal as it was."""

import os
import signal
import subprocess
import sys
import termios
import threading
from contextlib import suppress

import pytest
from talker import PATIENCE, Talker

from chatkit import ChatServer

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
TAKEN = b"\x1b[?1049h"  # what a program writes when it takes the terminal


class Sitting:
    """A program at a terminal of its own, which is read all the time."""

    def __init__(self, *words, by=("-m", "chatkit")):
        self.master, self.slave = os.openpty()
        termios.tcsetwinsize(self.slave, (24, 80))
        self.before = termios.tcgetattr(self.slave)
        self.program = subprocess.Popen(
            [sys.executable, *by, *map(str, words)],
            stdin=self.slave, stdout=self.slave, stderr=self.slave,
            env={**os.environ, "TERM": "xterm"}, start_new_session=True,
        )  # fmt: skip
        self.seen = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        with suppress(OSError):
            while chunk := os.read(self.master, 1 << 16):
                self.seen += chunk

    def types(self, text):
        os.write(self.master, text.encode())

    def stops_and_goes_on(self):
        self.program.send_signal(signal.SIGSTOP)
        assert os.WIFSTOPPED(os.waitpid(self.program.pid, os.WUNTRACED)[1])
        self.seen = b""  # it may draw anew at once
        self.program.send_signal(signal.SIGCONT)

    def close(self):
        self.program.kill()
        self.program.wait()
        os.close(self.slave)
        self._reader.join(PATIENCE)
        os.close(self.master)


@pytest.fixture
def sit():
    sitting = []

    def _sit(*words, **options):
        sitting.append(Sitting(*words, **options))
        return sitting[-1]

    yield _sit
    for each in sitting:
        each.close()


def test_who_is_stopped_and_goes_on_talks_and_leaves_as_ever(sit, eventually):
    with ChatServer(port=0) as server:
        grace = Talker(server.address, "grace")
        ada = sit("join", *server.address, "ada", "--no-remember")
        grace.hears("* ada has entered the room")
        eventually(lambda: b"grace" in ada.seen)
        for number in range(3):
            ada.stops_and_goes_on()
            eventually(lambda: b"grace" in ada.seen.rpartition(TAKEN)[2] and TAKEN in ada.seen)
            ada.types(f"hello {number}\r")
            grace.hears(f"[ada] hello {number}")
        ada.types("\x03")
        grace.hears("* ada has left the room")
        assert ada.program.wait(PATIENCE) == 0
        assert termios.tcgetattr(ada.slave) == ada.before
        grace.leaves()


INTERRUPTED = """
import signal, sys
from textual.drivers._writer_thread import WriterThread

real, pending = WriterThread.write, [signal.Signals[sys.argv.pop()]]

def write(self, text):
    with self._queue.mutex:  # as in the midst of `put`
        if "grace" in text and pending:
            signal.raise_signal(pending.pop())
    real(self, text)

WriterThread.write = write
from chatkit.cli.program import main
sys.exit(main())
"""


@pytest.mark.parametrize("name", ["SIGTSTP", "SIGCONT"])
def test_it_may_be_stopped_and_go_on_in_the_midst_of_a_write(sit, eventually, name):
    with ChatServer(port=0) as server:
        grace = Talker(server.address, "grace")
        ada = sit("join", *server.address, "ada", "--no-remember", name, by=("-c", INTERRUPTED))
        grace.hears("* ada has entered the room")
        if name == "SIGTSTP":
            assert os.WIFSTOPPED(os.waitpid(ada.program.pid, os.WUNTRACED)[1])
            ada.program.send_signal(signal.SIGCONT)
        eventually(lambda: ada.seen.count(TAKEN) == 2 and b"grace" in ada.seen.rpartition(TAKEN)[2])
        ada.types("hello\r")
        grace.hears("[ada] hello")
        ada.types("\x03")
        grace.hears("* ada has left the room")
        assert ada.program.wait(PATIENCE) == 0
        assert termios.tcgetattr(ada.slave) == ada.before
        grace.leaves()


def test_the_hosts_view_stopped_and_going_on_stops_serving_as_ever(sit, eventually):
    host = sit("serve", "127.0.0.1", "0", "--tui")
    eventually(lambda: b"listening" in host.seen)
    for _ in range(3):
        host.stops_and_goes_on()
        eventually(lambda: b"listening" in host.seen.rpartition(TAKEN)[2] and TAKEN in host.seen)
    host.program.send_signal(signal.SIGTERM)
    assert host.program.wait(PATIENCE) == 0
    assert termios.tcgetattr(host.slave) == host.before
