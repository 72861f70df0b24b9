"""A server under test is ended by its own number, which nobody else may have got meanwhile."""

import os
import sys
from contextlib import suppress

import psutil
import pytest

from chatkit.check.deadline import comes_true
from chatkit.check.factory import Forked
from chatkit.check.process import Command

pytestmark = pytest.mark.skipif(not hasattr(os, "waitid"), reason="this system cannot look at a child twice")


def is_child(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return True
    return False


def forked(status):
    return Forked(lambda host, port: os._exit(status), "127.0.0.1", 0)


@pytest.mark.parametrize("make", [lambda n: Command([sys.executable, "-c", f"exit({n})"]), forked])
@pytest.mark.parametrize("status", [0, 3])
def test_its_number_is_its_own_until_the_end(make, status):
    process = make(status)
    assert comes_true(lambda: process.status() is not None, 20)
    assert (process.status(), is_child(process.pid)) == (status, True)
    process.end()
    assert (process.status(), is_child(process.pid)) == (status, False)


def test_after_the_end_no_signal_is_sent(monkeypatch):
    process = Command([sys.executable, "-c", ""])
    process.end()
    sent = []
    monkeypatch.setattr(os, "killpg", lambda *words: sent.append(words))
    process.signal(9)
    process.end()
    assert sent == []


def test_what_a_dead_server_leaves_behind_ends_with_it():
    process = Command(["sh", "-c", "sleep 600 & echo $!"])
    assert comes_true(lambda: process.status() is not None, 20)
    left = psutil.Process(int(process.output()))
    process.end()
    assert comes_true(lambda: not left.is_running() or left.status() == psutil.STATUS_ZOMBIE, 20)


def test_a_killed_server_says_which_signal_it_was():
    process = Command(["sleep", "600"])
    process.signal(9)
    assert comes_true(lambda: process.status() is not None, 20)
    assert process.status() == -9
    process.end()
    assert process.status() == -9
