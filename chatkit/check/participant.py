"""One participant's socket: it sends and reads without ever waiting, and writes down all that it sees.

The stage moves everybody's bytes while anybody waits, so no participant is a slow reader by accident. What is
said with these bytes is not known here.
"""

from __future__ import annotations

import socket
import struct
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from chatkit.check.promise import NoConnection
from chatkit.check.timeline import RECEIVED, SENT

if TYPE_CHECKING:
    from chatkit.check.stage import Stage

LONGEST = 8 << 20  # bytes in a line; nobody is sent as many
PORTION = 1 << 18  # bytes at a time, either way: nobody waits while somebody says megabytes
MOST_BYTES, MOST_LINES = 128 << 20, 200_000  # in a dialogue; the longest one asks for 50 MB
WAIT = 3.0  # seconds; at two no honest server failed, and a good one never uses them up
_RESET_ON_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Participant:
    """Somebody called `name`, connected to the server of `stage`; `small` makes its receive buffer tiny."""

    def __init__(self, stage: Stage, name: str, *, small: bool = False) -> None:
        self.stage, self.name = stage, name
        self.lines: list[str] = []  # all that it heard, whole lines without their ends
        self.times: list[float] = []  # when it heard them
        self.carriage_returns = 0  # lines that ended in CR LF
        self.tail = b""  # a line whose end has not come
        self.heard = 0  # bytes
        self.outbox = bytearray()
        self.ended = ""  # how the server ended the connection, in words
        self.gone = self.frozen = self.joined = False
        self.asked = self.since = 0  # lines heard when it gave its name, and when it was let in
        self.sock = self._connect(small)
        self.stage.watch(self)

    def __str__(self) -> str:
        return self.name

    def cut(self) -> None:
        """End the connection with a reset (RST)."""
        with suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.stage.timeline.add(self.name, f"RST {SENT}")
        self.close()

    def shut(self) -> None:
        """Say goodbye (FIN), once all that is to be sent is sent, and go on reading."""
        self.stage.wait(lambda: not self.outbox, 10.0)
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)
        self.stage.timeline.add(self.name, f"FIN {SENT}")

    def hold(self, frozen: bool) -> None:
        """Stop reading, or read again."""
        self.stage.timeline.add(self.name, "freezes" if frozen else "reads again")
        self.frozen = frozen
        self.stage.watch(self)

    def has_unread(self) -> bool:
        """Say whether something has come that has not been read."""
        try:
            return bool(self.sock.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def flush(self) -> None:
        """Send a portion, or what the kernel takes of it now: then it is the next one's turn."""
        try:
            if self.outbox and not self.gone:
                sent = self.sock.send(memoryview(self.outbox)[:PORTION])
                self.stage.timeline.add(self.name, SENT, self.outbox, sent)
                del self.outbox[:sent]
        except BlockingIOError:
            pass
        except OSError:
            self._hear_out()
            self._end("the server reset the connection (RST)", f"RST {RECEIVED}")
        self.stage.watch(self)

    def receive(self) -> None:
        """Read once what has come."""
        try:
            data = self.sock.recv(PORTION)
        except BlockingIOError:
            return
        except OSError:
            return self._end("the server reset the connection (RST)", f"RST {RECEIVED}")
        if not data:
            return self._end("the server closed the connection (FIN)", f"FIN {RECEIVED}")
        self._hear(data)

    def _hear_out(self) -> None:
        """Read what came before a reset: who sends hears of the reset first."""
        with suppress(OSError):
            while not self.frozen and (data := self.sock.recv(PORTION)):
                self._hear(data)

    def _hear(self, data: bytes) -> None:
        self.stage.timeline.add(self.name, RECEIVED, data)
        *lines, self.tail = (self.tail + data).split(b"\n")
        self._note(lines)
        self.heard += len(data)
        if len(self.tail) > LONGEST:
            self._leave("the server sent a line without an end")
        elif self.heard > MOST_BYTES or len(self.lines) > MOST_LINES:
            self._leave("the server did not stop sending")

    def _leave(self, why: str) -> None:
        """Hang up on a server that would fill the memory."""
        self._end(why, "hangs up")
        self.close()

    def cut_tail(self) -> None:
        """Take what has come so far as a whole line: a prompt may lack its newline."""
        if self.tail:
            self._note([self.tail])
            self.tail = b""

    def close(self) -> None:
        """Give the socket back."""
        self.gone = True
        self.stage.watch(self)
        self.sock.close()

    def _connect(self, small: bool) -> socket.socket:
        host, port = self.stage.room.address
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        if small:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(WAIT * max(1.0, self.stage.patience))  # a lost SYN is sent again after a second
        try:
            sock.connect((host, port))
        except OSError as error:
            sock.close()
            got = f"no connection: {error.strerror or 'nobody answered in time'}"
            raise NoConnection(f"a connection for {self}", got) from error
        self.stage.room.reached = True
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        self.stage.timeline.add(self.name, "connects")
        return sock

    def _note(self, lines: list[bytes]) -> None:
        self.carriage_returns += sum(line.endswith(b"\r") for line in lines)
        self.lines += [line.decode("utf-8", "replace").rstrip("\r") for line in lines]
        self.times += [self.stage.timeline.now()] * len(lines)

    def _end(self, how: str, mark: str) -> None:
        if not self.ended:
            self.stage.timeline.add(self.name, mark)
        self.ended = self.ended or how
        self.outbox.clear()
        self.stage.watch(self)
