"""One client's socket as the server sees it: whole lines come in, and going out never waits.

`read` is the engine's; all else is the switchboard's and returns at once. What the kernel does not take now
stays in the outbox, as references to pieces that all clients share. Two verbs end it: `close` sends what is
queued first, `abort` cuts now. This file knows nothing of the room.
"""

import select
import socket
import struct
import sys
import time
from collections import deque
from dataclasses import dataclass
from itertools import islice

from chatkit.framing import MAX_LINE, LineReader

RECV_SIZE = SEND_SIZE = 1 << 18
_DONTWAIT = getattr(socket, "MSG_DONTWAIT", 0)
_RESET_ON_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4, "TCP_USER_TIMEOUT": 60_000}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may cost, in bytes and seconds; `clients` is how many there may be (None: see engine)."""

    line: int = MAX_LINE
    line_time: float = 60.0  # from a line's first byte to its last
    naming: float = 10.0
    outbox: int = 8 << 20  # at once
    stalled: int = 1 << 20  # for longer than stall_time without one byte taken
    stall_time: float = 10.0
    linger: float = 1.0  # for the peer's goodbye after ours
    clients: int | None = None


def tune(sock: socket.socket) -> None:
    """Set what every accepted socket needs: small lines go at once, and a silent death is noticed.

    Keepalive alone does not fire while data is unacknowledged; TCP_USER_TIMEOUT (RFC 5482) then does.
    """
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 18)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option in _KEEPALIVE.keys() & vars(socket).keys():  # as far as this platform has them
        sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), _KEEPALIVE[option])


class Connection:
    """Hold one accepted socket, the line it is in the middle of, and what it has yet to be sent."""

    def __init__(self, sock: socket.socket, peer: str, limits: Limits) -> None:
        tune(sock)
        self.sock = sock
        self.peer = peer
        self.limits = limits
        self.lines = LineReader(limits.line)
        self.reason = ""  # how it ended, in words; empty for an ordinary goodbye
        self.ended = False  # nothing more will be read
        self.closing = False  # nothing more will be queued
        self.cut = False  # nothing more will be sent
        self.queued = 0  # bytes in the outbox
        self.stalled = False  # the kernel did not take them all
        self._outbox: deque[bytes] = deque()
        self.arrived = self._line_began = self._moved = time.monotonic()

    def read(self) -> list[bytes] | None:
        """Wait for bytes and return the lines they complete; None when the peer is gone, however it went."""
        try:
            chunk = self.sock.recv(RECV_SIZE)
        except BlockingIOError:
            return []
        except OSError:
            self.reason = self.reason or "connection lost"
            return None
        if not chunk:  # an ordinary goodbye raises nothing: it is an empty read
            return None
        in_a_line = bool(self.lines.tail)
        lines = self.lines.feed(chunk)
        if lines or not in_a_line:
            self._line_began = time.monotonic()
        return lines

    def queue(self, piece: bytes) -> None:
        """Put bytes into the outbox, for `flush` to send."""
        if self.closing:
            return
        if not self._outbox:
            self._moved = time.monotonic()
        self._outbox.append(piece)
        self.queued += len(piece)

    def flush(self) -> None:
        """Send what the kernel takes now, in as few calls as can be; `stalled` says that something is left."""
        self.stalled = False
        while self._outbox and not self.stalled:
            pieces = SEND_SIZE * len(self._outbox) // self.queued + 1
            batch = b"".join(islice(self._outbox, pieces))
            sent = self._send(batch)
            self._forget(sent)
            self.stalled = sent < len(batch)
        if self.closing and not self.stalled:
            self._shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Begin the end: what is queued goes first, then a FIN; then the peer has `limits.linger` seconds."""
        self.closing = True
        self._moved = time.monotonic()
        self.flush()

    def abort(self, reason: str = "") -> None:
        """Cut now: what is queued is lost, and the peer gets a reset."""
        self.reason = self.reason or reason
        self.closing = self.cut = True
        self.stalled = False
        self._outbox.clear()
        self.queued = 0
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._shutdown(socket.SHUT_RDWR)

    def overdue(self) -> str:
        """Say why this client must be cut now; empty when it need not be."""
        now, limits = time.monotonic(), self.limits
        waited = now - self._moved
        if self.cut:
            return ""
        if self.queued > limits.outbox or (self.queued > limits.stalled and waited > limits.stall_time):
            return "too slow"
        if self.lines.tail and now - self._line_began > limits.line_time:
            return "line never finished"
        return "no goodbye" if self.closing and waited > limits.linger else ""

    def age(self) -> float:
        """Return for how many seconds it has been there."""
        return time.monotonic() - self.arrived

    def is_dead(self) -> bool:
        """Say whether the peer's end has arrived, though nobody has read it yet."""
        try:
            return self.sock.recv(1, socket.MSG_PEEK | _DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _send(self, batch: bytes) -> int:
        try:
            # Where there is no MSG_DONTWAIT (Windows), a socket that select calls writable takes a whole send.
            if not _DONTWAIT and not select.select([], [self.sock], [], 0)[1]:
                return 0
            return self.sock.send(batch, _DONTWAIT)
        except BlockingIOError:
            return 0
        except OSError:  # the peer is dead; its reader hears of it as well, and that ends it
            self.abort("connection lost")
            return 0

    def _forget(self, sent: int) -> None:
        if sent:
            self._moved = time.monotonic()
        self.queued -= sent if self._outbox else 0
        while self._outbox and sent:
            piece = self._outbox.popleft()
            if len(piece) > sent:
                self._outbox.appendleft(piece[sent:])
            sent -= min(sent, len(piece))

    def _shutdown(self, how: int) -> None:
        try:
            self.sock.shutdown(how)
        except OSError:
            pass  # it went first
