"""The meter: while it is on, every call of a socket's recv, send or accept in this process is counted.

It stands in front of the methods of `socket.socket`, so sockets that exist already are counted too. It keeps
no socket alive, hands on arguments, results and exceptions as they are, and goes with the last who wants it.
A traceback shows its frame; a call that began before the meter was on is not counted.
"""

import socket
import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from types import CodeType
from typing import Any

from chatkit.lab.kernel import Peer
from chatkit.lab.places import own_line

READS = ("recv", "recv_into")
OTHERS = ("send", "sendall", "_accept")  # the last is what `accept` waits in
MANY_EMPTY = 50  # a healthy server reads nothing once or twice from one client


class Count:
    """What one thread has done on one socket; only that thread writes it."""

    __slots__ = ("accepts", "calls", "empty", "failed", "loop", "peer", "port", "reads", "ref", "waits")

    def __init__(self, sock: socket.socket) -> None:
        self.calls = self.reads = self.accepts = 0
        self.empty = 0  # reads that returned at once with nothing: the peer has said goodbye
        self.failed = 0  # reads that raised
        self.loop = ""  # the line that goes on reading nothing: seen here, since a loop never stands still
        self.port, self.peer = ends(sock)
        self.waits = sock.gettimeout() != 0  # if not, something else waits, for many sockets at once
        self.ref: weakref.ref[socket.socket] | None = None


class Tally:
    """All counts of one thread, the one it was on last, and how many calls on any socket were not in vain."""

    __slots__ = ("__weakref__", "counts", "done", "now")

    def __init__(self) -> None:
        self.counts: dict[int, Count] = {}  # by the identity of the socket, for as long as that lives
        self.now: Count | None = None
        self.done = 0  # all but the reads that brought nothing; only this thread writes it, so it never falls

    def meet(self, sock: socket.socket) -> Count:
        """Begin a count for a socket; it goes when the socket does."""
        counts, key, count = self.counts, id(sock), Count(sock)

        def forget(_: object) -> None:  # it knows no tally: that is to end with its thread
            counts.pop(key, None)

        count.ref = weakref.ref(sock, forget)
        counts[key] = count
        return count


def ends(sock: socket.socket) -> tuple[int, Peer | None]:
    """Return a TCP socket's own port and its peer; 0 and None where there is none."""
    port, peer = 0, None
    with suppress(OSError):
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            port = sock.getsockname()[1]
            host, number = sock.getpeername()[:2]
            peer = (host.partition("%")[0], number)
    return port, peer


class Meter:
    """Count for as long as anybody wants it; there is one in a process, `METER`."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # guards all of these; a thread takes it at its first call only
        self._wanted = 0
        self._local = threading.local()
        self._tallies: dict[int, weakref.ref[Tally]] = {}  # by thread; each tally dies with its thread
        self._instead: dict[str, tuple[Any, Any]] = {}  # what the class itself had before, and has now
        self.codes: set[CodeType] = set()  # of the functions in front

    def open(self) -> None:
        """Begin to count, unless it has begun already."""
        with self._lock:
            self._wanted += 1
            if self._wanted == 1:
                for name in (*READS, *OTHERS):
                    self._stand_before(name)

    def close(self) -> None:
        """Want it no more; who is the last puts everything back as it was."""
        with self._lock:
            self._wanted -= 1
            if self._wanted == 0:
                for name in tuple(self._instead):
                    self._step_aside(name)
                self._tallies.clear()
                self._local = threading.local()

    def tallies(self) -> dict[int, Tally]:
        """Return the tally of each living thread that has made a call, by the thread's identity."""
        with self._lock:
            found = {ident: ref() for ident, ref in self._tallies.items()}
            self._tallies = {ident: self._tallies[ident] for ident, tally in found.items() if tally}
            return {ident: tally for ident, tally in found.items() if tally}

    def _begin(self, local: threading.local, sock: socket.socket) -> tuple[Tally, Count]:
        """Return this thread's tally and its count for a socket, made new if need be."""
        tally: Tally | None = getattr(local, "tally", None)
        if tally is None:
            tally = local.tally = Tally()
            with self._lock:
                self._tallies[threading.get_ident()] = weakref.ref(tally)
        return tally, tally.counts.get(id(sock)) or tally.meet(sock)

    def _stand_before(self, name: str) -> None:
        real = getattr(socket.socket, name)
        make = _counted_read if name in READS else _counted
        front = make(real, self._local, self._begin, int(name == "_accept"))
        front.__code__ = front.__code__.replace(co_name=name)
        front.__name__, front.__qualname__, front.__doc__ = name, real.__qualname__, real.__doc__
        self.codes.add(front.__code__)
        self._instead[name] = vars(socket.socket).get(name), front
        setattr(socket.socket, name, front)

    def _step_aside(self, name: str) -> None:
        before, front = self._instead.pop(name)
        if vars(socket.socket).get(name) is not front:
            return  # somebody has come in front of us; ours only hands on, then
        if before is None:
            delattr(socket.socket, name)  # it is inherited, from C
        else:
            setattr(socket.socket, name, before)


Begin = Callable[[threading.local, socket.socket], tuple[Tally, Count]]


def _counted_read(real: Any, local: threading.local, begin: Begin, _accepts: int) -> Any:
    """A spinning handler comes here several 100,000 times a second: every name looked up is felt."""

    def call(self: socket.socket, *args: Any, **options: Any) -> Any:
        try:
            tally = local.tally
            count = tally.counts[id(self)]
        except (AttributeError, KeyError):
            tally, count = begin(local, self)
        tally.now = count
        count.reads += 1
        try:
            result = real(self, *args, **options)
        except BaseException:
            count.failed += 1
            raise
        if result:
            tally.done += 1
        else:
            count.empty += 1
            if count.empty == MANY_EMPTY:
                count.loop = own_line(sys._getframe())
        return result

    return call


def _counted(real: Any, local: threading.local, begin: Begin, accepts: int) -> Any:
    def call(self: socket.socket, *args: Any, **options: Any) -> Any:
        tally, count = begin(local, self)
        tally.now = count
        count.calls += 1
        tally.done += 1
        count.accepts += accepts
        return real(self, *args, **options)

    return call


METER = Meter()
