"""What the machine says of itself and of one process, from /proc: CPU seconds, memory, who else is busy.

Where there is no /proc, the figures are None, and a report leaves them out. This file knows no server.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows
    resource = None

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True, slots=True)
class Moment:
    """The clock, and the CPU seconds spent so far: by the server, by this process, by all, and stolen."""

    clock: float
    server: float | None
    own: float
    busy: float | None
    stolen: float | None


@dataclass(frozen=True, slots=True)
class Span:
    """What passed between two moments, in seconds; `others` is CPU that neither server nor load has used."""

    seconds: float
    server: float | None
    own: float
    others: float | None
    stolen: float | None


def now(pid: int) -> Moment:
    """Return this moment, with `pid` as the server."""
    return Moment(time.monotonic(), cpu_of(pid), time.process_time(), *_all())


def between(start: Moment, end: Moment) -> Span:
    """Return what passed from one moment to the other."""
    server = _less(end.server, start.server)
    busy = _less(end.busy, start.busy)
    own = end.own - start.own
    others = None if busy is None else max(0.0, busy - own - (server or 0.0))
    return Span(end.clock - start.clock, server, own, others, _less(end.stolen, start.stolen))


def cpu_of(pid: int) -> float | None:
    """Return the CPU seconds that a process has spent, those of its ended threads among them."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return None


def memory_of(pid: int) -> int | None:
    """Return the bytes of memory that a process holds (its resident set)."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return None


@dataclass(frozen=True, slots=True)
class Held:
    """How many descriptors and threads a process holds; 0 where that cannot be seen."""

    descriptors: int = 0
    threads: int = 0


def holds(pid: int) -> Held:
    """Return what a process holds."""
    with suppress(OSError):
        return Held(len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task")))
    return Held()


def _all() -> tuple[float | None, float | None]:
    """Return the CPU seconds that all cores were busy, and those that the host took away."""
    with suppress(OSError, ValueError, IndexError):
        fields = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
        user, nice, system, _idle, _wait, irq, softirq, steal = fields[:8]
        return (user + nice + system + irq + softirq) / _TICKS, steal / _TICKS
    return None, None


def _less(end: float | None, start: float | None) -> float | None:
    return None if end is None or start is None else end - start


def allow_descriptors() -> int:
    """Let this process and its children open as many files as the system lets it; return how many."""
    if resource is None:
        return 512  # what Windows gives a program
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    allowed: int = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return allowed
