"""Who looks for what a busy machine finds starves threads, and leaves none of them so."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from talker import PATIENCE, eventually

STARVE = Path(__file__).with_name("starve.py")
CROWD = """
import sys, threading
for _ in range(3):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="starving threads takes Linux, and root"
)


@pytest.fixture
def crowd(tmp_path):
    """A process of four threads whose command line names the test's folder."""
    with subprocess.Popen([sys.executable, "-c", CROWD, str(tmp_path)], stdin=subprocess.PIPE) as process:
        process.folder = str(tmp_path)
        eventually(lambda: len(policies(process)) == 4)
        yield process
        process.stdin.close()


def policies(process):
    return [os.sched_getscheduler(thread.id) for thread in psutil.Process(process.pid).threads()]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_threads_of_the_named_are_starved_and_fed_again(crowd, ending):
    command = [sys.executable, STARVE, crowd.folder, "--often", "2", "--longest", "0.3"]
    starver = subprocess.Popen(["sh", "-c", "trap '' INT; exec \"$@\"", "sh", *command])  # as behind &
    try:
        eventually(lambda: os.SCHED_IDLE in policies(crowd))
        eventually(lambda: os.SCHED_IDLE not in policies(crowd))
        eventually(lambda: os.SCHED_IDLE in policies(crowd))
    finally:
        starver.send_signal(ending)
    assert starver.wait(PATIENCE) == 0
    eventually(lambda: set(policies(crowd)) == {os.SCHED_OTHER})  # the suite itself may be starved, too
