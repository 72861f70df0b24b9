"""A script whose output takes nothing more: it says so, unless nobody reads it any more."""

import os
import subprocess

import pytest
from impostor import JOINED, a_server_that, hears_the_end
from program import CHATKIT, ENVIRONMENT
from talker import PATIENCE

FULL = "/dev/full"


def bot(address, output):
    words = [*CHATKIT, "join", *map(str, address), "bot", "--wait", "inf"]
    return subprocess.run(
        words, env=ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL, stdout=output,
        stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


@pytest.mark.skipif(not os.path.exists(FULL), reason="this system has no disk that is always full")
def test_a_full_disk_is_told_in_a_sentence():
    with a_server_that(*JOINED, hears_the_end) as address, open(FULL, "w") as output:
        done = bot(address, output)
    assert done.returncode == 1
    assert done.stderr == "chatkit: cannot write what is heard: No space left on device\n"


def test_that_nobody_reads_any_more_is_no_error():
    ours, theirs = os.pipe()
    os.close(ours)
    with a_server_that(*JOINED, hears_the_end) as address, open(theirs, "w") as output:
        done = bot(address, output)
    assert (done.returncode, done.stderr) == (0, "")
