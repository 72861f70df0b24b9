"""Who listens on a TCP port of this machine, as far as Linux tells under /proc; elsewhere nobody is found.

It only reads. A socket of another user shows whose it is, but not which program: only its owner and the
administrator may look into a process.
"""

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from chatkit.messages import clean

PROC = Path("/proc")
LISTEN = "0A"
LONGEST = 60  # characters of a command line that are shown

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Listening:
    """One listening socket, as a line of /proc/net/tcp describes it."""

    address: Address
    port: int
    uid: int
    inode: str


def who_listens(host: str, port: int, proc: Path = PROC) -> str:
    """Say who listens where `host` and `port` would, such as "`nc -l 5000` (pid 4711)"; empty if unknown."""
    for listening in _all_listening(proc):
        if listening.port == port and any(_overlap(listening.address, wanted) for wanted in _addresses(host)):
            return _program(listening.inode, proc) or _user(listening.uid)
    return ""


def _all_listening(proc: Path) -> Iterator[Listening]:
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (proc / "net" / table).read_text().splitlines()[1:]:
                _, local, _, state, _, _, _, uid, _, inode, *_ = line.split()
                if state == LISTEN:
                    address, port = local.split(":")
                    yield Listening(_address(address), int(port, 16), int(uid), inode)


def _address(text: str) -> Address:
    """Read an address as the kernel prints it: groups of four bytes, each in the machine's own order."""
    groups = [int(text[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(text), 8)]
    return _unmapped(ipaddress.ip_address(b"".join(groups)))


def _unmapped(address: Address) -> Address:
    return getattr(address, "ipv4_mapped", None) or address


def _addresses(host: str) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [_unmapped(ipaddress.ip_address(str(address[0]))) for *_, address in found]


def _overlap(one: Address, other: Address) -> bool:
    return one == other or one.is_unspecified or other.is_unspecified


def _program(inode: str, proc: Path) -> str:
    for process in proc.glob("[0-9]*"):
        with suppress(OSError):  # another user's, or gone meanwhile
            if any(os.readlink(file) == f"socket:[{inode}]" for file in (process / "fd").iterdir()):
                return f"`{_command(process)}` (pid {process.name})"
    return ""


def _command(process: Path) -> str:
    words = (process / "cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ")
    command = clean(words.decode("utf-8", "replace"))
    return command if len(command) <= LONGEST else command[: LONGEST - 3] + "..."


def _user(uid: int) -> str:
    if uid == os.getuid():
        return ""
    import pwd  # only POSIX has it, and only Linux comes here

    try:
        return f"a program of the user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"a program of the user with number {uid}"
