"""What the operating system knows of a server: its sockets, their queues and owners, and its threads' work.

Linux tells all of it in /proc; elsewhere psutil knows the sockets' states, and nothing of the queues. What is
said of a process that belongs to somebody else may be less. Nothing is changed, and nothing is remembered.
"""

import os
import platform
import socket
import struct
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from chatkit.check import measure
from chatkit.check.measure import Hunger

Peer = tuple[str, int]
_STATES = ["", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE"]
_STATES += ["CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "SYN_RECV"]
_CALLS = {  # the numbers of calls that wait, by machine; read, write, poll and their kin
    "x86_64": "0 recv,1 send,7 select,23 select,35 sleep,43 accept,44 send,45 recv,46 send,47 recv,"
    "202 lock,230 sleep,232 select,270 select,271 select,281 select,288 accept",
    "aarch64": "22 select,63 recv,64 send,72 select,73 select,98 lock,101 sleep,115 sleep,202 accept,"
    "206 send,207 recv,211 send,212 recv,242 accept",
}
_WAITS = {
    int(number): word
    for number, word in map(str.split, filter(None, _CALLS.get(platform.machine(), "").split(",")))
}

available = measure.available


class Socket(NamedTuple):
    """One socket of a server's port; the counts are bytes, None where the system does not tell."""

    state: str
    peer: Peer | None  # None: it listens
    unread: int | None = None
    unsent: int | None = None
    inode: int = -1  # 0: no process holds it; -1: unknown


class Task(NamedTuple):
    """One thread of another process; `call` and `descriptor` are empty and -1 if it is not seen to wait."""

    number: int
    name: str
    hunger: Hunger
    call: str
    descriptor: int


def sockets(port: int, host: str = "") -> list[Socket]:
    """Return the sockets whose own port is `port`, the listening one first.

    To go through a table takes the kernel some milliseconds, however few rows there are; if `host` is an
    address of IPv4, the other table is left out.
    """
    tables = ("tcp",) if "." in host and host.replace(".", "").isdecimal() else ("tcp", "tcp6")
    found = list(_from_proc(port, tables)) if available else _from_psutil(port)
    once = {each.peer or each.inode: each for each in found}  # a table that changes may tell a row twice
    return sorted(once.values(), key=lambda each: each.peer is not None)


def unread(ports: Collection[int]) -> int:
    """Return how many bytes have arrived, and lie unread, at either end of connections to these ports."""
    marks, found = {f"{port:04X}" for port in ports}, 0
    for table in ("tcp", "tcp6") if available else ():
        with suppress(OSError), Path(f"/proc/net/{table}").open() as rows:
            ends = (row.split() for row in rows)
            found += sum(_socket(each).unread or 0 for each in ends if {each[1][-4:], each[2][-4:]} & marks)
    return found


def owners(inode: int) -> list[int]:
    """Return the processes that hold a socket, as far as they may be looked at."""
    name, pids = f"socket:[{inode}]", map(int, filter(str.isdigit, os.listdir("/proc")))
    return [pid for pid in pids if name in measure.open_files(pid).values()]


def inodes(pids: list[int]) -> dict[tuple[int, int], int]:
    """Return the sockets of processes, by process and descriptor."""
    return {
        (pid, int(descriptor)): int(target[8:-1])
        for pid in pids
        for descriptor, target in measure.open_files(pid).items()
        if target.startswith("socket:[")
    }


def hunger(pid: int, thread: int) -> Hunger:
    """Return how much a thread has run, or waited for a core; nothing where that is not told."""
    return _hunger(Path(f"/proc/{pid}/task/{thread}")) if available else Hunger()


def tasks(pid: int) -> Iterator[Task]:
    """Yield the threads of a process."""
    with suppress(OSError):
        for place in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                name, (call, descriptor) = (place / "comm").read_text().strip(), _call(place)
                yield Task(int(place.name), name, _hunger(place), call, descriptor)


def _hunger(task: Path) -> Hunger:
    if (hunger := measure.hunger(task)).wanted:
        return hunger
    with suppress(OSError):  # where waiting is not counted, running is
        fields = (task / "stat").read_text().rpartition(")")[2].split()
        ran = (int(fields[11]) + int(fields[12])) / measure.TICKS
        return Hunger(ran, ran)
    return Hunger()


def _call(task: Path) -> tuple[str, int]:
    """Return the call that a thread waits in, and its first argument: for many calls, a descriptor."""
    with suppress(OSError):
        words = (task / "syscall").read_text().split()
        if words[0].isdecimal() and len(words) > 1:
            call = _WAITS.get(int(words[0]), "")
            return call, int(words[1], 16) if call in ("accept", "recv", "send") else -1
    return "", -1


def _from_proc(port: int, tables: tuple[str, ...]) -> Iterator[Socket]:
    mark = f":{port:04X} "
    for table in tables:
        with suppress(OSError), Path(f"/proc/net/{table}").open() as rows:
            for row in rows:
                if mark in row and (fields := row.split())[1].endswith(mark.strip()):
                    yield _socket(fields)


def _socket(fields: list[str]) -> Socket:
    state = _STATES[int(fields[3], 16)]
    unsent, unread = (int(each, 16) for each in fields[4].split(":"))
    if state == "LISTEN":  # its queue holds who is not let in yet, and no bytes
        return Socket(state, None, None, None, int(fields[9]))
    if state == "CLOSE_WAIT":  # the goodbye itself counts as a byte until it is read
        unread = max(0, unread - 1)
    return Socket(state, _peer(fields[2]), unread, unsent, int(fields[9]))


def _peer(text: str) -> Peer:
    """Return an address that stands as in /proc: words of four bytes, in this machine's order."""
    host, _, port = text.partition(":")
    words = [int(host[at : at + 8], 16) for at in range(0, len(host), 8)]
    family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    return socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words)), int(port, 16)


def _from_psutil(port: int) -> list[Socket]:
    try:
        import psutil  # type: ignore[import-untyped]
    except ImportError:
        return []
    try:
        found = psutil.Process().net_connections("tcp")
    except psutil.Error:
        return []
    return [
        Socket(each.status, tuple(each.raddr) if each.raddr else None)
        for each in found
        if each.laddr and each.laddr.port == port
    ]
