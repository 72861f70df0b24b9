"""The board: a row for each socket and thread of a server, live, of whatever server and without its help.

It looks from beside: at the kernel's sockets, at where threads stand, and, for a server in this process, at a
meter in front of the sockets' calls, which is there as long as a board is. It changes nothing else.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Self

from chatkit.awake import waits
from chatkit.check.deadline import comes_true
from chatkit.lab import kernel
from chatkit.lab.board_look import Look
from chatkit.lab.board_row import Row, Verdict
from chatkit.lab.board_seen import Seen, Worker
from chatkit.lab.inside import workers as threads_inside
from chatkit.lab.judge import Judge
from chatkit.lab.kernel import Peer, Socket
from chatkit.lab.meter import METER
from chatkit.lab.outside import workers as threads_outside

ENOUGH = 0.2  # seconds between two looks that are compared
REST = 5.0  # seconds to come to rest: on a busy machine a thread may get no core for so long

NO_QUEUES = "This system does not show how many bytes lie unread or unsent, nor how much each thread runs."
NOT_BEGUN = "This server has not been started."
GONE = "Nobody listens there."
NOBODYS = "The process that listens there belongs to somebody else: its threads cannot be seen."
FROM_OUTSIDE = "The server is another process: its recv calls and lines of source cannot be seen from here."

Workers = tuple[Worker, ...]


class Board:
    """Watch `server`: an object of this process with an `address`, or the address of a server in any process.

    An address is a pair, or a text as in "127.0.0.1:55555"; raise `ValueError` if it is no address. `names`
    returns people's names by the port at their end. Close the board, or use it with `with`.
    """

    def __init__(self, server: Any, names: Callable[[], Mapping[int, str]] = dict) -> None:
        self._server = _address(server) if isinstance(server, str | tuple) else server
        self._names = names
        self._host, self._port = "", 0  # the last that are known
        self._listening = -1  # the listening socket, by the kernel's number for it
        self._pids = [os.getpid()]  # who holds that
        self._order: dict[Peer, int] = {}  # of arrival
        self._lock = threading.Lock()  # guards all that a look remembers
        self._open = True
        METER.open()
        self._earlier: Seen | None = None
        self._before = self._see()

    def look(self, *, wait: float = REST) -> Look:
        """Return the rows as they are now; rates are over the time since the look before.

        Looks that are compared lie a fifth of a second apart at least: the first one waits for that. A thread
        that is just at work has `wait` seconds to come to rest. Raise `RuntimeError` if the board is closed.
        """
        left = waits(wait)
        while (look := self._look()).is_passing and next(left, 0):
            time.sleep(0.01)
        return look

    def wait_until(self, test: Callable[[Look], object], what: str, timeout: float = 5.0) -> Look:
        """Look until `test` is true of what is seen, and return that look.

        Raise `TimeoutError` if `timeout` seconds pass before; `what` names in words what was waited for.
        """
        seen: list[Look] = []

        def is_seen() -> object:
            seen[:] = [self.look(wait=ENOUGH)]
            return test(seen[0])

        if not comes_true(is_seen, timeout):
            raise TimeoutError(f"{what}: not seen in {timeout:g} seconds, but:\n{seen[0].text}")
        rested = self.look() if seen[0].is_passing else seen[0]
        return rested if test(rested) else seen[0]

    def wait_for(self, verdict: str, who: str, timeout: float = 5.0) -> Look:
        """Look until somebody has this verdict, and return that look; raise `TimeoutError` if never."""
        return self.wait_until(lambda look: who in look.who(verdict), f"{who} {Verdict(verdict)}", timeout)

    def close(self) -> None:
        """Look no more; the last board in this process takes the meter with it."""
        with self._lock:
            if self._open:
                METER.close()
            self._open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "Board()"

    def _look(self) -> Look:
        with self._lock:
            if not self._open:
                raise RuntimeError("this board is closed")
            if not self._earlier:
                time.sleep(max(0.0, self._before.at + ENOUGH - time.monotonic()))
            now, rows = self._judged()
            return Look(rows, tuple(self._missing(now)))

    def _judged(self) -> tuple[Seen, tuple[Row, ...]]:
        now = self._see()
        is_early = now.at - self._before.at < ENOUGH
        judge = Judge(self._earlier if is_early and self._earlier else self._before, now)
        if not is_early:
            self._earlier, self._before = self._before, replace(now, hungry=judge.hungry())
        return now, judge.rows()

    def _see(self) -> Seen:
        self._find_address()
        port = self._port
        sockets = kernel.sockets(port, self._host) if port else []
        names, inside = self._names(), self._is_inside(sockets)
        if inside:
            workers = threads_inside(self._server, port)
        else:
            before = self._before.workers if self._earlier else ()
            workers = threads_outside(self._pids, sockets, before)
        self._note_arrivals(sockets, names, workers)
        sockets.sort(key=lambda each: self._order[each.peer] if each.peer else -1)
        return Seen(time.monotonic(), inside, tuple(sockets), workers, self._outboxes(), names)

    def _find_address(self) -> None:
        """Ask the server where it listens; if it does not tell, it is where it was."""
        with suppress(Exception):  # whatever one does that has not started, or has stopped
            where = self._server if isinstance(self._server, tuple) else self._server.address
            self._host, self._port = str(where[0]), int(where[1])

    def _outboxes(self) -> dict[Peer, int]:
        """Return what waits in the server's own queues, if it has a word for them, as ChatServer has."""
        queues: Mapping[str, int] = getattr(self._server, "outboxes", {})
        words = ((peer.rpartition(" port "), queued) for peer, queued in queues.items())
        return {(host, int(port)): queued for (host, _, port), queued in words if port.isdecimal()}

    def _is_inside(self, sockets: list[Socket]) -> bool:
        """Find out whose the listening socket is, whenever it is another one than before."""
        inode = next((each.inode for each in sockets if not each.peer), self._listening)
        if kernel.available and inode != self._listening:
            self._listening = inode
            mine = inode in kernel.inodes([os.getpid()]).values()
            self._pids = [os.getpid()] if mine else kernel.owners(inode)
        return os.getpid() in self._pids

    def _note_arrivals(self, sockets: list[Socket], names: Mapping[int, str], workers: Workers) -> None:
        """Give newcomers their numbers: as their names came or, unknown, as their threads or sockets did."""
        known, threads = list(names), {worker.home: worker.number for worker in workers}
        far = len(known)
        new = sorted(
            (known.index(peer[1]) if peer[1] in names else far, threads.get(peer, far), each.inode, peer)
            for each in sockets
            if (peer := each.peer) and peer not in self._order
        )
        last = max(self._order.values(), default=0)
        self._order |= {peer: number for number, (*_, peer) in enumerate(new, last + 1)}
        here = {each.peer for each in sockets}
        self._order = {peer: number for peer, number in self._order.items() if peer in here}

    def _missing(self, now: Seen) -> Iterator[str]:
        if not kernel.available:
            yield NO_QUEUES
        if not self._port:
            yield NOT_BEGUN
        elif not any(each.peer is None for each in now.sockets):
            yield GONE
        elif not now.inside:
            yield FROM_OUTSIDE if self._pids else NOBODYS


def _address(server: str | tuple[str, int]) -> tuple[str, int]:
    host, _, port = server.rpartition(":") if isinstance(server, str) else (server[0], "", str(server[1]))
    if not port.isdecimal():
        raise ValueError(f"{server!r} is no address: it has a host and a port, as in '127.0.0.1:55555'")
    return host, int(port)
