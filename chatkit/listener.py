"""The listening socket: it gives one client's socket after another, and outlives running out of descriptors.

Without a free descriptor `accept` fails at once and leaves the caller waiting, so one is kept in reserve:
given up, it lets that caller be told in words that the room is full. This file knows nothing of the room.
"""

import errno
import logging
import os
import socket
import threading
import time
from contextlib import suppress
from weakref import WeakSet

from chatkit.errors import CannotListen

BACKLOG = 4096  # the kernel caps it; with a backlog of 5, two of three in a crowd of 200 wait 0.9 s
POLL = 0.5  # seconds; where shutdown does not wake accept, this does
WARN_EVERY = 10.0  # seconds
FULL = "the room is full; please come back later"
log = logging.getLogger("chatkit.server")
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Listener:
    """Listen on `host` and `port` (0: any free one); raise `CannotListen` if that is impossible."""

    def __init__(self, host: str, port: int) -> None:
        self._reserve: int | None = None
        self._changing = threading.Lock()  # guards the reserve
        self._callers: WeakSet[socket.socket] = WeakSet()  # all that were accepted and are in use
        self._next_warning = 0.0
        try:
            if port not in range(65536):
                raise OverflowError(f"a port is a number from 0 to 65535, not {port!r}")
            self._reserve = os.open(os.devnull, os.O_RDONLY)
            family, *_, where = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0]
            where = (where[0], port, *where[2:])  # IPv6 addresses may have a scope
            self.socket = socket.create_server(where, family=family, backlog=BACKLOG)
        except (OSError, OverflowError, UnicodeError) as error:
            self._give_up_reserve()
            sentence = f"cannot listen on {host} port {port}: {_why(error)}"
            raise CannotListen(sentence, getattr(error, "errno", None)) from error
        except BaseException:  # Ctrl-C, while a name is looked up
            self._give_up_reserve()
            raise
        self.socket.settimeout(POLL)
        self.address: tuple[str, int] = self.socket.getsockname()[:2]

    def accept(self) -> tuple[socket.socket, str] | None:
        """Return the next client's socket and its address in words; None if nobody came or was let in."""
        if not self._take_reserve():
            time.sleep(0.05)  # the last descriptor is to refuse with; whoever got it would leave none
            return None
        try:
            return self._accept()
        except OSError as error:
            return self._accept_without_reserve() if error.errno in _EXHAUSTED else None

    def refuse(self, sock: socket.socket, words: str, why: str = "") -> None:
        """Tell a client in `words` that it cannot come in, and close its socket; log `why` now and then."""
        if time.monotonic() > self._next_warning:
            self._next_warning = time.monotonic() + WARN_EVERY
            log.warning("turning clients away: %s", why or words)
        with sock, suppress(OSError):
            sock.setblocking(False)
            sock.send(f"! {words}\n".encode())
            sock.shutdown(socket.SHUT_WR)
            sock.recv(1 << 16)  # unread bytes would turn the goodbye into a reset, and they might be lost

    def close(self) -> None:
        """Stop listening, wake whoever waits in `accept`, and free the port."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # on Linux, close alone wakes nobody
        self.socket.close()
        self._give_up_reserve()

    def let_go(self) -> None:
        """Close this process's copies of all sockets; whoever has others goes on serving."""
        for sock in (self.socket, *self._callers):
            sock.close()
        self._changing = threading.Lock()  # whoever held the other is not in this process
        self._give_up_reserve()

    def _accept(self) -> tuple[socket.socket, str]:
        sock, address = self.socket.accept()
        self._callers.add(sock)
        return sock, f"{address[0]} port {address[1]}"

    def _accept_without_reserve(self) -> tuple[socket.socket, str] | None:
        self._give_up_reserve()
        with suppress(OSError):
            sock, peer = self._accept()
            if self._take_reserve():  # descriptors have come free meanwhile
                return sock, peer
            self.refuse(sock, FULL, "out of descriptors")
        self._take_reserve()
        return None

    def _take_reserve(self) -> bool:
        """Keep a descriptor in reserve while it listens; say whether it does."""
        with self._changing, suppress(OSError):
            if self._reserve is None and self.socket.fileno() != -1:
                self._reserve = os.open(os.devnull, os.O_RDONLY)
        return self._reserve is not None

    def _give_up_reserve(self) -> None:
        with self._changing:
            reserve, self._reserve = self._reserve, None
            if reserve is not None:
                os.close(reserve)


def _why(error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return "another program listens there already; stop it, or choose another port (0 takes any free one)"
    if number == errno.EADDRNOTAVAIL:
        return "this machine does not have that address; 0.0.0.0 (or ::) stands for all that it has"
    if number == errno.EACCES:
        return "ports below 1024 are for the administrator; choose a higher one"
    if isinstance(error, socket.gaierror | UnicodeError):
        return "this machine knows no such host"
    return os.strerror(number) if number else str(error)  # its own words have a tuple in them
