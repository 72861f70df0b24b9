"""Wait until something happens on one of many sockets, or until another thread rings.

`selectors` would do, but for one thing: it cannot watch a socket for nothing but its death, and a wire must
hear of a reset on a socket that it does not read at the moment. `poll` reports that always.
"""

import select
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

READ, WRITE, HUNG_UP = 1, 2, 4  # what one may ask for, and what is told unasked
POLL = 0.1  # seconds between two looks where there is no `poll`


class Watched(NamedTuple):
    """A socket that is waited for."""

    sock: socket.socket
    wanted: int
    tell: Callable[[int], None]


class Watch:
    """Watch sockets; `ring` is for any thread, all else for the one that waits."""

    def __init__(self) -> None:
        self._watched: dict[int, Watched] = {}
        self._poll = select.poll() if hasattr(select, "poll") else None
        self._bell, self._rope = socket.socketpair()
        self._bell.setblocking(False)
        self._rope.setblocking(False)
        self.set(self._bell, READ, self._hush)

    def set(self, sock: socket.socket, wanted: int, tell: Callable[[int], None]) -> None:
        """Have `tell` told when a socket can be read or written, as far as `wanted`, or has died."""
        known = self._watched.get(sock.fileno())
        if known and known.sock is sock and known.wanted == wanted:
            return
        self._watched[sock.fileno()] = Watched(sock, wanted, tell)
        if self._poll:
            asked = (select.POLLIN if wanted & READ else 0) | (select.POLLOUT if wanted & WRITE else 0)
            self._poll.register(sock, asked)

    def forget(self, sock: socket.socket, number: int) -> None:
        """Watch this socket no more; it may be closed already, and its number be another's."""
        if (known := self._watched.get(number)) and known.sock is sock:
            del self._watched[number]
            if self._poll:
                self._poll.unregister(number)

    def wait(self, timeout: float | None) -> None:
        """Wait at most `timeout` seconds for something to happen, and tell of all that has."""
        for number, mask in self._happened(timeout):
            if watched := self._watched.get(number):
                watched.tell(mask)

    def ring(self) -> None:
        """End the present or the next wait."""
        with suppress(OSError):  # it has been rung often enough, or it is gone
            self._rope.send(b"\0")

    def close(self) -> None:
        """Give back what it holds itself."""
        self._bell.close()
        self._rope.close()

    def _hush(self, _mask: int) -> None:
        with suppress(BlockingIOError):
            self._bell.recv(4096)

    def _happened(self, timeout: float | None) -> list[tuple[int, int]]:
        if not self._poll:
            return self._select(timeout)
        ready = self._poll.poll(None if timeout is None else timeout * 1000 + 1)  # it rounds down
        return [(number, _mask(events)) for number, events in ready]

    def _select(self, timeout: float | None) -> list[tuple[int, int]]:
        """Do without `poll`, on Windows: a death is noticed by the next who reads or writes there."""
        reads = [number for number, each in self._watched.items() if each.wanted & READ]
        writes = [number for number, each in self._watched.items() if each.wanted & WRITE]
        can_read, can_write, failed = select.select(reads, writes, writes, min(timeout or POLL, POLL))
        return [
            *((number, READ) for number in can_read),
            *((number, WRITE) for number in {*can_write, *failed}),
        ]


def _mask(events: int) -> int:
    dead = HUNG_UP if events & (select.POLLHUP | select.POLLERR | select.POLLNVAL) else 0
    return (READ if events & select.POLLIN else 0) | (WRITE if events & select.POLLOUT else 0) | dead
