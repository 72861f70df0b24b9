"""Two ways to wait for many clients; who does the waiting is all that differs.

`Threads`: one thread waits in `accept`, and one per client in `recv`. `Selectors`: the switchboard itself
asks the kernel which sockets are ready, and reads only from those.
"""

import selectors
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Union

from chatkit.awake import join
from chatkit.connection import Connection
from chatkit.engine import Engine, Event, Happened, read_event

ACCEPTS_A_ROUND = 100
Permit = Union["threading.Lock", threading.Semaphore]  # given back when what was handed over is dealt with


class Selectors(Engine):
    """One thread does everything: it asks which sockets are ready, and reads only from those."""

    max_clients = 500 if sys.platform == "win32" else 10_000  # select, all there is on Windows, takes 512
    reads = selectors.EVENT_READ

    def start(self) -> None:
        self.listener.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ, self._arrivals)

    def stop_accepting(self, close: Callable[[], None]) -> None:
        self.selector.unregister(self.listener)
        close()

    def add(self, connection: Connection) -> None:
        connection.sock.setblocking(False)
        self.watch(connection)

    def _arrivals(self) -> list[Event]:
        events: list[Event] = []
        while len(events) < ACCEPTS_A_ROUND and (connection := self.accept()):
            events.append(Event(Happened.ARRIVED, connection, []))
        return events


class Threads(Engine):
    """Threads that only wait: each hands over what came, one piece ahead of what has been dealt with."""

    max_clients = 1_000

    def __init__(self, listener: socket.socket, accept: Callable[[], Connection | None]) -> None:
        super().__init__(listener, accept)
        self._inbox: deque[tuple[Event, Permit]] = deque()
        self._permits: list[Permit] = []  # to be given back in the next round
        self._threads: set[threading.Thread] = set()
        self._rung = self._stopping = False
        self._arrivals = threading.Semaphore(ACCEPTS_A_ROUND)

    def start(self) -> None:
        self._accepting = self._spawn("accept", self._accept_all)

    def stop_accepting(self, close: Callable[[], None]) -> None:
        close()
        self._arrivals.release(ACCEPTS_A_ROUND)
        join([self._accepting], 3.0)

    def add(self, connection: Connection) -> None:
        connection.sock.setblocking(True)
        self._spawn(f"reader of {connection.peer}", self._read_all, connection)
        self.watch(connection)

    def wait(self, timeout: float) -> list[Event]:
        self._let_them_read_on()
        return super().wait(timeout)

    def stop(self, timeout: float) -> None:
        self._stopping = True
        self._hush()
        self._let_them_read_on()
        join(list(self._threads), timeout)
        super().stop(timeout)

    def _spawn(self, name: str, work: Callable[..., None], *args: Connection) -> threading.Thread:
        thread = threading.Thread(target=work, args=args, name=f"chatkit {name}", daemon=True)
        self._threads.add(thread)
        try:
            thread.start()
        except RuntimeError:  # there are no more to be had
            self._threads.discard(thread)
            raise
        return thread

    def _accept_all(self) -> None:
        while not self._stopping and self.listener.fileno() != -1:
            if connection := self.accept():
                self._arrivals.acquire()  # a crowd at the door must not keep those inside waiting
                self._hand_over(Event(Happened.ARRIVED, connection, []), self._arrivals)

    def _read_all(self, connection: Connection) -> None:
        permit = threading.Lock()
        while not self._stopping:
            event = read_event(connection)
            permit.acquire()  # until what it handed over before has been dealt with
            self._hand_over(event, permit)
            if event.happened is Happened.ENDED:
                break
        self._threads.discard(threading.current_thread())

    def _hand_over(self, event: Event, permit: Permit) -> None:
        self._inbox.append((event, permit))
        if not self._rung:
            self._rung = True
            self.ring()

    def _let_them_read_on(self) -> None:
        while self._permits:
            self._permits.pop().release()

    def _hush(self) -> list[Event]:
        """Take everything that has been handed over."""
        super()._hush()
        self._rung = False  # before the inbox is emptied: whoever comes after that rings again
        events = []
        while self._inbox:
            event, permit = self._inbox.popleft()
            events.append(event)
            self._permits.append(permit)
        return events


ENGINES: dict[str, type[Engine]] = {"threads": Threads, "selectors": Selectors}
