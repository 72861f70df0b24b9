"""One end of a wire: a socket that never waits, and remembers which goodbyes it heard and which it told.

Two goodbyes exist, FIN and RST, and a socket has two sides; so four facts say all about how it stands. It
closes itself once both sides have ended. This file knows neither the other end nor the log.
"""

import errno
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress

from chatkit.lab.events import Kind
from chatkit.lab.watch import HUNG_UP, READ, WRITE
from chatkit.limits import end_by_reset

SIZE = 1 << 16  # bytes a read
# What the sockets of a wire hold, which Linux doubles, and the segments they ask for: those of Ethernet. For
# those of loopback, 64 kB, a kernel sets aside megabytes; a stall would not be seen before they are full.
BUFFER, SEGMENT = 1 << 14, 1460  # bytes
BROKEN = (errno.ECONNRESET, errno.EPIPE)  # it was reset, the second after a FIN
MOST_READS = 64
_SIOCOUTQNSD = 0x894B  # Linux: how many bytes the kernel has not sent yet (linux/sockios.h)


def keep_little(sock: socket.socket) -> None:
    """Bound what the kernel holds for a socket; before it connects or listens, so that all is agreed on."""
    for side in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        sock.setsockopt(socket.SOL_SOCKET, side, BUFFER)
    with suppress(OSError, AttributeError):  # some systems decide that themselves
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)


class End:
    """Hold one socket of a connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock, self.number = sock, sock.fileno()
        self.heard: Kind | None = None  # the goodbye that came from there
        self.told: Kind | None = None  # the goodbye that went there
        self.ready = False  # there may be something to read
        self.blocked = False  # it took less than it was given
        self.hung_up = False  # nothing more will come from there, but it may not all be read yet
        self.is_deaf = False  # it is called dead again and again, but there is nothing more to it than a FIN
        self.closed = False
        self._broken = False  # the kernel told of a reset in a send, and will not tell again
        sock.setblocking(False)
        with suppress(OSError):  # a peer that is gone already is found out by reading
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def note(self, mask: int) -> None:
        """Note what a `Watch` has told."""
        self.ready = self.ready or bool(mask & READ)
        self.blocked = self.blocked and not mask & WRITE
        self.hung_up = self.hung_up or bool(mask & HUNG_UP)

    def read(self, size: int = SIZE) -> bytes:
        """Return what has come, at most `size` bytes; empty if that is nothing, or the goodbye."""
        try:
            data = self.sock.recv(size)
        except (BlockingIOError, InterruptedError):
            self.ready = False
            return b""
        except OSError:
            data, self._broken = b"", True
        if not data:
            self.ready = False
            self._hear(Kind.RST if self._broken else Kind.FIN)
        return data

    def read_all(self) -> Iterator[bytes]:
        """Return all that has come, up to the goodbye if there is one; not more than a flooder gets in."""
        for _ in range(MOST_READS):
            if self.closed or self.heard or not (data := self.read()):
                break
            yield data
        if self.hung_up and self.heard is Kind.FIN and not self.closed:
            self._ask_for_reset()
        self.hung_up = False

    def write(self, data: bytes | memoryview) -> int:
        """Return how many bytes the kernel took."""
        try:
            taken = self.sock.send(data)
        except (BlockingIOError, InterruptedError):
            taken = 0
        except OSError:  # a reset; what came before it is still to be read
            self._broken = self.hung_up = True
            return 0
        self.blocked = taken < len(data)
        return taken

    def finish(self) -> None:
        """Send a FIN: nothing more will go there."""
        with suppress(OSError):  # it was reset in this moment, which reading finds out
            self.sock.shutdown(socket.SHUT_WR)
        self._tell(Kind.FIN)

    def reset(self) -> None:
        """Send an RST; what the kernel has not sent is lost."""
        with suppress(OSError):
            end_by_reset(self.sock)
        self._tell(Kind.RST)

    def unsent(self) -> int:
        """Return how many of the bytes written are still here; 0 too where the system does not tell."""
        if sys.platform != "linux":
            return 0
        import fcntl

        with suppress(OSError):
            return int(struct.unpack("i", fcntl.ioctl(self.sock, _SIOCOUTQNSD, bytes(4)))[0])
        return 0

    def take_error(self) -> int:
        """Ask the kernel for the error that it has for this socket, which it tells once."""
        error = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self._broken = self._broken or error in BROKEN
        self.hung_up = self._broken
        return error

    def close(self) -> None:
        """Close the socket, however it stands."""
        self.closed = True
        self.ready = self.blocked = self.hung_up = False
        self.sock.close()

    def _ask_for_reset(self) -> None:
        """Find out whether there was a reset after a FIN, for that cannot be read."""
        if self.take_error() or self._broken:
            self._hear(Kind.RST)
        self.is_deaf = True  # on macOS a FIN alone looks like a death

    def _hear(self, goodbye: Kind) -> None:
        self.heard = goodbye
        self._close_if_over()

    def _tell(self, goodbye: Kind) -> None:
        self.told, self.blocked = goodbye, False
        self._close_if_over()

    def _close_if_over(self) -> None:
        if Kind.RST in (self.heard, self.told) or (self.heard and self.told):
            self.close()
