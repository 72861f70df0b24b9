"""One client's socket as the server sees it: whole lines come in, and going out never waits.

`read` is the engine's; all else is the switchboard's and returns at once. What the kernel does not take now
stays in the outbox, as references to pieces that all clients share. Two verbs end it: `close` sends what is
queued first, `abort` cuts now. This file knows nothing of the room.
"""

import select
import socket
import time
from contextlib import suppress

from chatkit.broadcast import Piece
from chatkit.framing import LineReader
from chatkit.limits import Limits, Turn, end_by_reset, tune, unsent
from chatkit.pace import Pace

PIECES = 512  # in one send; systems take 1024 (IOV_MAX)
_NOTHING: list[Piece] = []  # of all who wait for nothing: there are thousands of them
_DONTWAIT = getattr(socket, "MSG_DONTWAIT", 0)


class Connection:
    """Hold one accepted socket, the line it is in the middle of, and what it has yet to be sent."""

    __slots__ = (  # a room of thousands has thousands of these
        "_closed", "_held", "_line_began", "_moved", "_outbox", "aborted", "arrived", "closing", "ended",
        "limits", "lines", "pace", "peer", "queued", "reason", "received", "said", "sent", "sock", "stalled",
        "turn", "watched",
    )  # fmt: skip
    reader_type: type[LineReader] = LineReader

    def __init__(self, sock: socket.socket, peer: str, limits: Limits) -> None:
        with suppress(OSError):  # a peer that is gone already is for its reader to find out
            tune(sock)
        self.sock = sock
        self.peer = peer  # its address, in words
        self.pace: Pace | None = None  # how fast it may speak
        self.turn = Turn(limits.outbox)  # how much is read of it at a time
        self.limits = limits
        self.lines = self.reader_type(limits.line)
        self.reason = ""  # how it ended; empty for an ordinary goodbye
        self.ended = False  # nothing more will be read
        self.closing = False  # nothing more will be queued
        self.aborted = False  # nothing more will be sent
        self.stalled = False  # the kernel did not take all that was queued
        self.watched = 0  # what a selector watches it for
        self.queued = self._held = 0  # bytes in the outbox, and, once it is to end, in the kernel
        self.said = self.received = self.sent = 0  # lines that came, bytes that came, bytes that went
        self._outbox = _NOTHING
        self.arrived = self._line_began = self._moved = self._closed = time.monotonic()

    @property
    def host(self) -> str:
        """Its address without the port."""
        return self.peer.rpartition(" port ")[0]

    def read(self) -> list[bytes] | None:
        """Wait for bytes and return the lines they complete; None when the peer is gone, however it went."""
        try:
            chunk = self.sock.recv(self.turn.bytes)
        except BlockingIOError:
            return []
        except OSError:
            self.reason = self.reason or "connection lost"
            return None
        if not chunk:  # an ordinary goodbye raises nothing: it is an empty read
            return None
        self.received += len(chunk)
        if not self.lines.tail:  # before the line is there to be found overdue
            self._line_began = time.monotonic()
        if lines := self.lines.feed(chunk):
            self._line_began = time.monotonic()
            self.said += len(lines)
        return lines

    def queue(self, *pieces: Piece) -> None:
        """Put bytes into the outbox, for `flush` to send."""
        if self.closing:
            return
        if not self._outbox:
            self._moved, self._outbox = time.monotonic(), []
        self._outbox += pieces
        self.queued += sum(map(len, pieces))

    def flush(self) -> None:
        """Send what the kernel takes now, in as few calls as can be."""
        self.stalled = False
        while self._outbox and not self.stalled:
            pieces = self._outbox[:PIECES]
            sent = self._send(pieces)
            self.stalled = sent < sum(map(len, pieces)) and bool(self._outbox)
            if sent:
                self._forget(sent)
        if self.closing and not self.stalled:
            self._shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Begin the end: `flush` sends the rest, then a FIN; then the peer has `limits.linger` seconds."""
        self.closing = True
        self._moved = self._closed = time.monotonic()

    def abort(self, reason: str) -> None:
        """Cut now: what is queued is lost, and the peer gets a reset."""
        self.reason = self.reason or reason
        self.closing, self.aborted, self.stalled = True, True, False
        self._outbox, self.queued = _NOTHING, 0
        with suppress(OSError):
            end_by_reset(self.sock)
        self._shutdown(socket.SHUT_RDWR)  # wakes its reader, whose last word closes the socket

    def overdue(self) -> str:
        """Say why it must be cut now; empty when it need not be."""
        now, idle = time.monotonic(), self.idle()
        if self.aborted:
            return ""
        stuck = self.queued > self.limits.stalled and idle > self.limits.stall_time
        if stuck or self.queued > self.limits.outbox:
            return "too slow"
        if self.lines.tail and not self.closing and now - self._line_began > self.limits.line_time:
            return "line never finished"
        patience = self.limits.stall_time if self.queued or self._held else self.limits.linger
        late = idle > patience or now - self._closed > self.limits.farewell
        return "no goodbye" if self.closing and late else ""

    def idle(self) -> float:
        """Return for how many seconds none of what waits for it has been taken."""
        if self.closing and (held := unsent(self.sock)) != self._held:
            self._held, self._moved = held, time.monotonic()
        return time.monotonic() - self._moved

    def age(self) -> float:
        """Return for how many seconds it has been here."""
        return time.monotonic() - self.arrived

    def peek(self) -> bytes | None:
        """Return what is there to be read, None if nothing is; raise OSError if the peer is dead."""
        try:
            return self.sock.recv(1, socket.MSG_PEEK | _DONTWAIT) if _DONTWAIT else None
        except BlockingIOError:
            return None

    def _send(self, pieces: list[Piece]) -> int:
        """Return how many bytes the kernel took."""
        try:
            if _DONTWAIT:
                return self.sock.sendmsg(pieces, (), _DONTWAIT)
            # Windows: a socket that select calls writable takes a whole send at once.
            return self.sock.send(b"".join(pieces)) if select.select([], [self.sock], [], 0)[1] else 0
        except BlockingIOError:
            return 0
        except (ConnectionError, TimeoutError) as error:  # its end is read after all that it has said
            self.reason = self.reason or ("" if isinstance(error, BrokenPipeError) else "connection lost")
            self._outbox, self.queued = _NOTHING, 0
        except OSError:
            self.abort("connection lost")
        return 0

    def _forget(self, sent: int) -> None:
        """Drop from the outbox what has been sent."""
        self._moved = time.monotonic()
        self.queued -= sent
        self.sent += sent
        gone = 0
        while sent and sent >= len(self._outbox[gone]):
            sent -= len(self._outbox[gone])
            gone += 1
        self._outbox = self._outbox[gone:] or _NOTHING
        if sent:
            self._outbox[0] = memoryview(self._outbox[0])[sent:]  # no copy: it is shared

    def _shutdown(self, how: int) -> None:
        with suppress(OSError):  # the peer may have gone first
            self.sock.shutdown(how)
