"""Give now one thread, now another next to no core, as a busy machine does: `python3 tests/starve.py FOLDER`.

Until Ctrl-C this concerns every process whose command line names FOLDER, such as a clone in which the tests
run. A starved thread runs only when no other wants to (SCHED_IDLE), so the cores must be busy besides. It
takes Linux, and root: nobody else may take that back.
"""

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress

import psutil

STEP = 0.25  # seconds between two draws of lots


def starve(folder: str, often: float, longest: float) -> None:
    """Starve a thread of each process `often` times a second, for up to `longest` seconds; never return."""
    until: dict[int, float] = {}
    while True:
        now = time.monotonic()
        for found in filter(None, map(threads, concerned(folder))):
            feed(thread for thread in found if until.get(thread, 0.0) < now)
            if random.random() < often * STEP:
                thread = random.choice(found)
                until[thread] = now + random.uniform(0.0, longest)
                schedule(thread, os.SCHED_IDLE)
        time.sleep(STEP)


def concerned(folder: str) -> Iterator[psutil.Process]:
    """Yield every other process whose command line names `folder`."""
    for process in psutil.process_iter(["cmdline"]):
        if process.pid != os.getpid() and folder in " ".join(process.info["cmdline"] or ()):
            yield process


def threads(process: psutil.Process) -> list[int]:
    """Return the ids of a process's threads; none if it has ended."""
    with suppress(psutil.Error):
        return [thread.id for thread in process.threads()]
    return []


def feed(hungry: Iterable[int]) -> None:
    """Treat these threads as all others again; what a starved one began has inherited its hunger."""
    for thread in hungry:
        schedule(thread, os.SCHED_OTHER)


def schedule(thread: int, policy: int) -> None:
    with suppress(ProcessLookupError):
        os.sched_setscheduler(thread, policy, os.sched_param(0))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--often", type=float, default=0.4, help="times a second, for each process (0.4)")
    parser.add_argument("--longest", type=float, default=2.8, help="seconds (2.8)")
    options = parser.parse_args()
    if sys.platform != "linux" or os.geteuid() != 0:
        sys.exit("Starving threads takes Linux, and root, who alone may feed them again.")
    for each in (signal.SIGINT, signal.SIGTERM):  # also where a shell has begun it in the background
        signal.signal(each, signal.default_int_handler)
    try:
        starve(options.folder, options.often, options.longest)
    except KeyboardInterrupt:
        for process in concerned(options.folder):
            feed(threads(process))


if __name__ == "__main__":
    main()
