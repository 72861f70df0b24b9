"""What the kernel shows of a running server: its processor time, threads, sockets and memory.

A server may be a family of processes (a shell, `npm`, workers); all of its session counts. Linux only:
elsewhere nothing of this is measured. It reads /proc and changes nothing, but for the limit on descriptors.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
LISTENING = "0A"  # in the column `st` of /proc/net/tcp

available = sys.platform == "linux" and (PROC / "self/stat").exists()


class Hunger(NamedTuple):
    """For how many seconds a thread has run, and for how many it has run or waited for a core."""

    ran: float = 0.0
    wanted: float = 0.0


def family(session: int) -> list[int]:
    """Return the processes that run in a session, named by the process that leads it."""
    return [
        pid for pid in map(int, filter(str.isdigit, os.listdir(PROC))) if _fields(pid)[3:4] == [str(session)]
    ]


def cpu_seconds(session: int) -> float:
    """Return the processor time that a server has used so far."""
    return sum(float(field) for pid in family(session) for field in _fields(pid)[11:13]) / TICKS


def wants_seconds(session: int) -> float:
    """Return for how long a server's threads have run or waited for a core so far, all taken together.

    A loop that spins wants a whole core all the time, however little of it a busy machine can give. Where the
    kernel does not count the waiting, this is the processor time.
    """
    return sum(hunger(task).wanted for pid in family(session) for task in _tasks(pid)) or cpu_seconds(session)


def threads(session: int) -> int:
    """Return how many threads a server has."""
    return sum(int(field) for pid in family(session) for field in _fields(pid)[17:18])


def memory(session: int) -> int:
    """Return how many bytes of memory a server has in use."""
    return sum(int(field) for pid in family(session) for field in _fields(pid)[21:22]) * os.sysconf(
        "SC_PAGE_SIZE"
    )


def descriptors(pid: int) -> int:
    """Return one more than the highest descriptor that a process has open."""
    return max((int(name) for name in os.listdir(PROC / str(pid) / "fd")), default=0) + 1


def sockets(session: int) -> int:
    """Return how many sockets a server holds."""
    return sum(target.startswith("socket:") for pid in family(session) for target in open_files(pid).values())


def listening(port: int) -> dict[str, str]:
    """Return who listens on `port`: socket names as in /proc/PID/fd, and their addresses in hexadecimal."""
    found = {}
    for fields in (*_listeners("tcp"), *_listeners("tcp6")):
        address, _, number = fields[1].partition(":")
        if int(number, 16) == port:
            found[f"socket:[{fields[9]}]"] = address
    return found


def holds(session: int, names: set[str]) -> bool:
    """Say whether a server has one of these sockets open."""
    # Without a name there is nothing to look for: a look at every process is what takes long.
    return bool(names) and any(
        target in names for pid in family(session) for target in open_files(pid).values()
    )


def hunger(task: Path) -> Hunger:
    """Return what one thread has had of the cores, and wanted (sched-stats in the kernel's papers)."""
    with suppress(OSError):
        ran, waited, _ = (task / "schedstat").read_text().split()
        return Hunger(int(ran) / 1e9, (int(ran) + int(waited)) / 1e9)
    return Hunger()


def open_files(pid: int) -> dict[str, str]:
    """Return what a process has open, by descriptor; nothing of one that may not be looked at."""
    targets = {}
    with suppress(OSError):
        for link in (PROC / str(pid) / "fd").iterdir():
            with suppress(OSError):
                targets[link.name] = os.readlink(link)
    return targets


def limit_descriptors(session: int, spare: int) -> None:
    """Leave a server `spare` free descriptors, at the most."""
    import resource  # only where there is such a thing

    for pid in family(session):
        hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (descriptors(pid) + spare, hard))


def _fields(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the third on; the second, a name, may hold anything."""
    with suppress(OSError):
        fields = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
        return fields if fields[0] != "Z" else []
    return []


def _listeners(table: str) -> Iterator[list[str]]:
    """Yield the rows of sockets that listen: they stand first, and reading the others may take long."""
    with suppress(OSError), (PROC / "net" / table).open() as rows:
        next(rows, None)
        yield from takewhile(lambda fields: fields[3] == LISTENING, map(str.split, rows))


def _tasks(pid: int) -> list[Path]:
    with suppress(OSError):
        return list((PROC / str(pid) / "task").iterdir())
    return []
