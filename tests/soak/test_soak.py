"""A day in the room: chat, churn, resets, freezes, floods and garbage; whoever behaves hears it all.

Server and load are processes of their own. `pytest -m soak` is the long form: 1,000 clients on threads, 5,000
on selectors, 30 minutes each, or as many as `CHATKIT_SOAK_MINUTES` says.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from talker import PATIENCE, eventually

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
MINUTES = float(os.environ.get("CHATKIT_SOAK_MINUTES", "30"))
SHORT = {"threads": 150, "selectors": 300}
LONG = {"threads": 1000, "selectors": 5000}

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="not measured: no /proc here")


@contextlib.contextmanager
def process(*words):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, *map(str, words)], stdin=pipe, stdout=pipe, text=True, env=environment
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def ask(server):
    server.stdin.write("\n")
    server.stdin.flush()
    return json.loads(server.stdout.readline())


def slope(samples):
    """The least-squares slope of the second half of (seconds, bytes), in MiB a minute."""
    late = samples[len(samples) // 2 :]
    mean_x, mean_y = (sum(values) / len(late) for values in zip(*late, strict=True))
    square = sum((x - mean_x) ** 2 for x, _ in late) or 1.0
    return sum((x - mean_x) * (y - mean_y) for x, y in late) / square * 60 / (1 << 20)


def soak(engine, clients, seconds, record):
    with process(HERE / "soak_server.py", engine) as server:
        port = int(server.stdout.readline())
        before, began, samples = ask(server), time.monotonic(), []
        with process(HERE / "soak_load.py", port, clients, seconds, 6) as load:
            while load.poll() is None:
                samples.append((time.monotonic() - began, ask(server)["memory"]))
                with contextlib.suppress(subprocess.TimeoutExpired):
                    load.wait(0.5)
            seen = json.loads(load.stdout.readline() or '{"faults": ["the load has failed"]}')
        seen |= {"memory slope, MiB a minute": round(slope(samples), 2)}
        seen |= {"memory, MiB": [before["memory"] >> 20, max(size for _, size in samples) >> 20]}
        record("soak", seen)
        print(f"{engine}, {clients} clients, {seconds:g} s: {json.dumps(seen)}")
        assert not seen["faults"]
        assert seen["visits"] > seconds
        eventually(lambda: ask(server)["clients"] == 0, 30)
        for what in ("threads", "descriptors"):
            eventually(lambda what=what: ask(server)[what] <= before[what], 30, f"{what}: more than before")
        server.stdin.close()
        assert server.wait(PATIENCE) == 0
    return seen


@pytest.mark.fault(6, 8, 48)
def test_a_short_day(engine, record_property):
    soak(engine, SHORT[engine], 20.0, record_property)


@pytest.mark.soak
@pytest.mark.timeout(2 * 60 * MINUTES + 600)
def test_a_long_day(engine, record_property):
    seen = soak(engine, LONG[engine], 60 * MINUTES, record_property)
    if MINUTES >= 5:  # in less, what comes first and is kept for good looks like a slope
        assert seen["memory slope, MiB a minute"] < 1.0
