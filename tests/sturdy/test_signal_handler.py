"""A program may stop its server from the handler of a signal, at whatever moment that comes."""

import os
import subprocess
import sys

import pytest
from talker import PATIENCE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

HANDLER = """
import os, signal, sys, threading
from chatkit import ChatServer
server = ChatServer(port=0, engine=sys.argv[1])
signal.signal(signal.SIGUSR1, lambda *_: server.stop())
for number in range(60):
    alarm = threading.Timer(0.0001 * number, os.kill, (os.getpid(), signal.SIGUSR1))
    alarm.start()
    server.start()
    server.stop()
    alarm.join()
    server.stop()
print("stopped")
"""


@pytest.mark.fault(33)
def test_the_handler_of_a_signal_may_stop_it_at_any_moment(engine):
    """Also while it starts, or stops for another reason: there its thread holds the server's lock already."""
    command = [sys.executable, "-c", HANDLER, engine]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.stdout, done.stderr) == ("stopped\n", "")
