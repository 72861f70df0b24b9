"""The thread of a wire: it accepts clients, connects each with the server, and attends to whoever stirs.

It owns all sockets. Whoever wants something of them hands it an order, which it carries out between two
pieces of work; so nothing here is locked, and what was ordered holds when `order` returns.
"""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

from chatkit.errors import Unreachable
from chatkit.lab.end import End, keep_little
from chatkit.lab.events import EventLog, Kind, Way
from chatkit.lab.faults import Faults
from chatkit.lab.link import Link
from chatkit.lab.watch import READ, Watch
from chatkit.listener import Listener

HOST = "127.0.0.1"
CROWD = 100  # connections accepted at once; then those who are here get their turn


class Relay:
    """Relay from 127.0.0.1 and `port` to `server`, from now on; raise `CannotListen`, `Unreachable`."""

    def __init__(
        self, server: tuple[str, int], port: int, log: EventLog, person: str, faults: Mapping[Way, Faults]
    ) -> None:
        self.log, self.person, self.faults = log, person, faults
        self.links: set[Link] = set()  # the connections of now
        self.newest: Link | None = None  # it may be over
        self.ports: dict[int, str] = {}
        self._family, self._server = _resolve(*server)
        self._listener = Listener(HOST, port)
        self.address = self._listener.address
        self._listener.socket.setblocking(False)
        keep_little(self._listener.socket)  # whom it accepts inherits that
        self._watch = Watch()
        self._watch.set(self._listener.socket, READ, self._welcome)
        self._orders: deque[tuple[Callable[[], None], threading.Event]] = deque()
        self._stirred: set[Link] = set()
        self._sleepers: set[Link] = set()  # those with something to do later
        self._count = 0
        self._stopping = False
        self._thread = threading.Thread(target=self._live, name="chatkit wire", daemon=True)
        self._thread.start()

    def order(self, carry_out: Callable[[], None]) -> None:
        """Have something done in the relay's thread, and wait until it is."""
        done = threading.Event()
        self._orders.append((carry_out, done))
        self._watch.ring()
        while not done.wait(0.1) and self._thread.is_alive():
            pass

    def stop(self) -> None:
        """End every connection and the thread, and free the port."""
        self.order(self._begin_to_stop)
        self._thread.join()

    def stir(self) -> None:
        """Attend to every connection in this round; for orders."""
        self._stirred |= self.links

    def _begin_to_stop(self) -> None:
        self._stopping = True

    def _live(self) -> None:
        while not self._stopping:
            self._watch.wait(self._timeout())
            while self._orders:
                carry_out, done = self._orders.popleft()
                carry_out()
                self._attend()
                done.set()
            self._attend()
        for link in self.links:
            self.log.happened(Kind.NOTE, link.person, words="the wire has been taken away")
            link.abandon()
        self._listener.close()
        self._watch.close()

    def _timeout(self) -> float | None:
        """Return how long there is nothing to do, in seconds; None if nobody knows."""
        now = time.monotonic()
        times = [due for link in self._sleepers if (due := link.due(now)) is not None]
        return max(0.0, min(times) - now) if times else None

    def _attend(self) -> None:
        """Have every connection that stirs, or that may have something to do by now, do it."""
        now = time.monotonic()
        for link in self._stirred | self._sleepers:
            link.attend(now)
            link.watch(self._watch, self._stirred.add)
            (self._sleepers.discard if link.due(now) is None else self._sleepers.add)(link)
            if link.is_over:
                self.links.discard(link)
                self._sleepers.discard(link)
        self._stirred.clear()

    def _welcome(self, _mask: int) -> None:
        for _ in range(CROWD):
            if not (accepted := self._listener.accept()):
                return
            self._count += 1
            self._connect(accepted[0], self.person or f"client {self._count}")

    def _connect(self, client: socket.socket, person: str) -> None:
        """Connect one client with the server; without a descriptor for that, it is turned away."""
        try:
            sock = socket.socket(self._family)
        except OSError as error:
            return self._listener.refuse(client, str(error))
        keep_little(sock)
        link = Link(End(client), End(sock), self.log, person, self.faults)
        link.connect(self._server)
        if not link.is_over:
            self.ports[sock.getsockname()[1]] = person
            self.links.add(link)
            self.newest = link
            self._stirred.add(link)


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    try:
        if not 0 < port < 1 << 16:
            raise OverflowError
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, OverflowError, UnicodeError) as error:
        raise Unreachable(f"there is no {host} port {port} to relay to: {_why(error)}") from error
    return family, (str(address[0]), int(address[1]))


def _why(error: Exception) -> str:
    return "a port is a number from 1 to 65535" if isinstance(error, OverflowError) else "no such host"
