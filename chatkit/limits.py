"""What one client may cost, and what every client's socket is told about it."""

import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass

from chatkit.framing import MAX_LINE

_KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4, "TCP_USER_TIMEOUT": 60_000}
_RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds in bytes and seconds; past one of them a client is cut, and the others never wait for it."""

    line: int = MAX_LINE
    line_time: float = 60.0  # from a line's first byte to its last
    naming: float = 10.0  # from the connection to the whole name
    outbox: int = 8 << 20  # bytes not yet sent, at once
    stalled: int = 1 << 20  # bytes not yet sent, of which none was taken for stall_time
    stall_time: float = 10.0
    linger: float = 1.0  # for the peer's goodbye after ours, once it has all that waited
    farewell: float = 60.0  # for all that is queued when we say goodbye; with nothing taken, stall_time
    clients: int | None = None  # how many at a time; None: as many as the engine and the descriptors allow
    per_address: int = 16  # how many of them from one address; loopback is not counted
    rate: float | None = None  # lines a second from one client; None: 20, and by loopback any number
    burst: int = 100  # lines at once, before the rate counts
    flood_time: float = 30.0  # for which a client may be too fast without a pause


ROUND = 1 << 22  # bytes
SMALLEST_TURN, LARGEST_TURN = 1 << 9, 1 << 16
AMPLIFIED = 16  # times as many bytes as somebody brings the others hear, at most: a letter, after a long name


class Turn:
    """How many bytes each client may bring in one round: the more clients there are, the fewer.

    However few there are, what comes of one turn is no more than a quarter of an `outbox`.
    """

    __slots__ = ("_largest", "bytes")

    def __init__(self, outbox: int) -> None:
        self._largest = min(LARGEST_TURN, outbox // 4 // AMPLIFIED)
        self.share_among(1)

    def share_among(self, clients: int) -> None:
        """Let `clients` have a turn each, and all of them together no more than `ROUND`."""
        self.bytes = max(SMALLEST_TURN, min(self._largest, ROUND // max(1, clients)))


def descriptors() -> int:
    """Return how many descriptors this process may have."""
    with suppress(ImportError):
        import resource  # not on Windows, where only memory bounds them

        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return limit if limit != resource.RLIM_INFINITY else 1 << 20
    return 1 << 20


def tune(sock: socket.socket) -> None:
    """Make small lines go at once, bound what the kernel buffers, and have a silent death noticed.

    Keepalive alone does not fire while data is unacknowledged; TCP_USER_TIMEOUT (RFC 5482) does.
    """
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 18)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option in _KEEPALIVE.keys() & vars(socket).keys():  # as far as this platform has them
        sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), _KEEPALIVE[option])


def end_by_reset(sock: socket.socket) -> None:
    """Have `close` cut the connection; a peer that only sends would not hear of a mere goodbye."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def unsent(sock: socket.socket) -> int:
    """Return how many bytes the kernel holds that the peer's has not taken; 0, too, where it does not tell.

    Linux does: SIOCOUTQ, in tcp(7).
    """
    if sys.platform == "linux":
        import fcntl
        import termios

        with suppress(OSError, ValueError):  # it has been closed
            return int(struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, bytes(4)))[0])
    return 0
