"""A program may stop its server, or quit, from the handler of a signal, at whatever moment that comes."""

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

EACH_LINE = """
import sys
from chatkit import ChatServer
server, moment, line = ChatServer(port=0, engine=sys.argv[1]), 0, 0

def run_line(frame, event, argument):
    global line
    line += event == "line"
    if event == "line" and line == moment:
        sys.settrace(None)
        server.stop()
    return run_line

while line == moment:
    line, moment = 0, moment + 1
    sys.settrace(run_line)
    server.start()
    server.stop()
    sys.settrace(None)
    server.stop()
print("stopped", moment > 200)
"""

EACH_LINE_OF_A_CLIENT = """
import sys
from contextlib import suppress
from chatkit import ChatClient, ChatServer
from chatkit.errors import ChatError
server = ChatServer(port=0).start()

def run_line(frame, event, argument):
    global line
    line += event == "line"
    if event == "line" and line == moment:
        sys.settrace(None)
        client.quit()
    return run_line

for moment in range(1, 300):
    line, client = 0, ChatClient(*server.address, "ada", timeout=1)
    sys.settrace(run_line)
    with suppress(ChatError):
        client.connect()
        client.say("hello")
        client.quit()
    sys.settrace(None)
    client.quit()
    assert client.state == "closed"
server.stop()
print("all have quit")
"""


@pytest.mark.fault(33)
def test_the_handler_of_a_signal_may_stop_it_at_any_moment(engine):
    """Also while it starts, or stops for another reason: there its thread holds the server's lock already."""
    command = [sys.executable, "-c", HANDLER, engine]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.stdout, done.stderr) == ("stopped\n", "")


@pytest.mark.fault(33)
def test_it_may_be_stopped_before_each_line_of_its_start_and_of_its_stop(engine):
    """Python's own lines too, in which it holds locks: no signal has to be lucky to meet them."""
    command = [sys.executable, "-c", EACH_LINE, engine]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.stdout, done.stderr) == ("stopped True\n", "")


def test_one_may_quit_before_each_line_in_which_one_connects_speaks_and_quits():
    command = [sys.executable, "-c", EACH_LINE_OF_A_CLIENT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.stdout, done.stderr) == ("all have quit\n", "")
