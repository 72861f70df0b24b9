"""Whoever waits for another thread is not cut short by a machine that stands still: SIGSTOP is one."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from talker import PATIENCE

from chatkit.awake import join, waits

# The process stands still in the midst of the wait, and the other thread needs a moment after that.
STANDS_STILL = """
import signal, sys, threading, time
from chatkit import ChatServer, server as module
from chatkit.awake import join
from chatkit.lab import pump
from chatkit.latch import Latch

module.GRACE = 3.0

def stand_still(then):
    time.sleep(0.2)  # by then it is waited for
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)  # of the whole process, and at once
    time.sleep(then)

class Server(ChatServer):
    def _close_down(self):
        super()._close_down()
        stand_still(1.5)

def waits_at_a_latch():
    latch = Latch()
    thread = threading.Thread(target=lambda: (stand_still(0.2), latch.open()))
    thread.start()
    print(latch.wait(3.0))
    thread.join()

def joins():
    thread = threading.Thread(target=stand_still, args=[0.2])
    thread.start()
    join([thread], 3.0)
    print(not thread.is_alive())

def works_for_a_pane():
    pump.DEADLINE = 3.0
    pump.Pump(list, "pump in a test").call(lambda: stand_still(0.2))
    print(True)

def stops(engine):
    server = Server(port=0, engine=engine).start()
    server.stop(0.0)
    print(not [each for each in threading.enumerate() if "chatkit" in each.name])

globals()[sys.argv[1]](*sys.argv[2:])
"""
WAITS = ["waits_at_a_latch", "joins", "works_for_a_pane", "stops threads", "stops selectors"]


@pytest.mark.fault(33)
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("what", WAITS)
def test_who_waits_for_a_thread_still_waits_after_a_standstill(what):
    command = [sys.executable, "-c", STANDS_STILL, *what.split()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        os.waitpid(process.pid, os.WUNTRACED)
        threading.Event().wait(4.0)  # the standstill itself, longer than what is waited
        process.send_signal(signal.SIGCONT)
        assert process.communicate(timeout=PATIENCE)[0] == "True\n"


def test_what_is_waited_is_as_long_as_was_asked():
    assert list(waits(0)) == []
    began = time.monotonic()
    assert max([pause for pause in waits(0.7) if not time.sleep(pause)]) <= 0.5
    assert time.monotonic() - began >= 0.7


def test_many_share_one_wait():
    end = threading.Event()
    threads = [threading.Thread(target=end.wait) for _ in range(50)]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    join(threads, 0.1)
    assert time.monotonic() - began >= 0.1
    assert all(thread.is_alive() for thread in threads)
    end.set()
    join(threads, PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
