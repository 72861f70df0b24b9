"""Rooms for a notebook: a cell may run again, and there is never more than one server of a name.

A server that an earlier run of the cell left behind would go on serving old code, so opening a room first
stops it. Each person in a room has a wire of their own, and all wires write one log.
"""

import atexit
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import takewhile
from typing import Any

from chatkit.awake import waits
from chatkit.check.deadline import comes_true
from chatkit.lab import kernel, obituary
from chatkit.lab.board import Board
from chatkit.lab.diagram import Diagram, diagram
from chatkit.lab.events import EventLog, Kind
from chatkit.lab.guest import Guest
from chatkit.lab.hosted import Hosted
from chatkit.lab.starting import start, to_address
from chatkit.lab.waiting import wait_for, wait_until
from chatkit.lab.wire import Wire
from chatkit.server import ChatServer

MOMENT = 2.0  # seconds; somebody may not read at all, and that is no reason to wait for ever
TOLD = 10.0  # seconds; chatkit's own server tells everybody, however busy the machine is
HOPED = 5.0  # seconds; most servers that are classes do
TURNS = 20  # waits one after the other: on a busy machine each takes as long as a thread waits for a core
PATIENCE = 3.0  # seconds for a server's end, with its clients there and once more without them

_rooms: dict[str, "OpenRoom"] = {}


class OpenRoom:
    """A server at `address`, the wires that lead to it, and the people who have sat down."""

    def __init__(self, address: tuple[str, int], server: Any = None) -> None:
        self.address = address
        self.server = server  # None where it runs in another process
        self.log = EventLog()
        self.closed = threading.Event()  # its server is told to stop
        self.over = threading.Event()  # and nothing will happen any more
        self._wires: dict[str, Wire] = {}
        self._guests: dict[str, Guest] = {}
        self.board = Board(server or address, self._who_is_where)  # from now on, so that it knows everybody

    @property
    def names(self) -> tuple[str, ...]:
        """Who is in the room, as its server says; raise `RuntimeError` if it does not."""
        if not hasattr(self.server, "names"):
            raise RuntimeError("this server does not tell who is in the room")
        return tuple(self.server.names)

    @property
    def guests(self) -> tuple[Guest, ...]:
        """Who has sat down here, in that order."""
        return tuple(self._guests.values())

    def seat(self, name: str) -> Guest:
        """Let `name` join by a wire of their own, and return them; who sits here already just joins again.

        It returns when all have heard of it, so that people who are seated one after the other come in order.
        """
        if not isinstance(name, str):
            raise TypeError(f"a name is text, as in 'ada'; not {name!r}")
        if name not in self._guests:
            self._guests[name] = Guest(self.wire(name), name)
        self._guests[name].join()
        others = [each for each in self.guests if each.name != name and each.status == "joined"]
        comes_true(lambda: all(name in each.others for each in others), self._patience(others))
        with suppress(TimeoutError):  # the others are busy talking
            self.settle(quiet=0.05, timeout=1.0)
        return self._guests[name]

    def wire(self, person: str) -> Wire:
        """Return the wire of `person`; its address is where any program of theirs may connect.

        Raise `RuntimeError` for a new one in a room that is closed: nobody would take it away.
        """
        if person not in self._wires:
            if self.closed.is_set():
                raise RuntimeError("this room is closed: run the cell that opens it")
            self._wires[person] = Wire(self.address, self.log, person).start()
        return self._wires[person]

    def diagram(self, *, wait: float = MOMENT, **options: Any) -> Diagram:
        """Draw what has happened on the wires so far; `options` are those of `diagram`.

        What was sent just now has `wait` seconds to arrive: somebody may have heard what others have yet to.
        """
        comes_true(lambda: not self._is_under_way(wait), wait)
        return diagram(self.log.events, list(self._wires), **options)

    def wait_for(self, line: str, *people: str, timeout: float = 5.0) -> None:
        """Wait until these people, or all, see `line`; raise `TimeoutError`, which says what they see."""
        wait_for(line, *(self._guests[name] for name in people or self._guests), timeout=timeout)

    def wait_until(self, test: Callable[[], object], what: str, timeout: float = 5.0) -> None:
        """Wait until `test()` is true; raise `TimeoutError`, which says `what` has not happened."""
        wait_until(test, what, timeout)

    def settle(self, quiet: float = 0.2, timeout: float = 5.0) -> None:
        """Wait until nothing has happened on the wires for `quiet` seconds; raise `TimeoutError`.

        A busy machine is waited for: what has arrived has a moment to be read, and bear fruit.
        """
        for _ in waits(timeout):
            if self._is_quiet(quiet) and not self._goes_on():
                return
        raise TimeoutError(f"{timeout:g} seconds have passed, and the wires are still busy")

    def note(self, words: str) -> None:
        """Write words about the server into the log, while the room is open."""
        if not self.closed.is_set():
            self.log.happened(Kind.NOTE, "", words=words)

    def stop(self) -> None:
        """Stop the server, unless it is another process's, then the wires and the board.

        A server that cannot stop is given up after some seconds: it may be broken in just that.
        """
        self.closed.set()
        stop = self.server.stop if self.server else list
        stopping = threading.Thread(target=stop, name="chatkit room's end", daemon=True)
        try:
            stopping.start()
            stopping.join(PATIENCE)  # all hear its goodbye, if it has one
        finally:  # an interrupt leaves nothing of it behind
            for wire in self._wires.values():
                wire.stop()
            if stopping.is_alive():
                stopping.join(PATIENCE)
            self.board.close()
            self.over.set()

    def __repr__(self) -> str:
        what = type(self.server).__name__ if self.server else "a server in another process"
        return f"a room: {what}"

    def _patience(self, people: list[Guest]) -> float:
        """Return how long to wait until these people have heard of somebody, if they ever will."""
        if isinstance(self.server, Hosted | None) or any(each.plug for each in people):
            return MOMENT
        return TOLD if type(self.server) is ChatServer else HOPED

    def _is_quiet(self, quiet: float) -> bool:
        before = self.log.version
        turns = (self.log.wait_for_change(quiet / TURNS) for _ in range(TURNS))
        return not any(changed or self.log.version != before for changed in turns)

    def _goes_on(self) -> bool:
        """Say whether the wires are quiet only because somebody has not come to reading yet."""
        wires = () if self.closed.is_set() else self._wires.values()
        before, ports = self.log.version, {self.address[1], *(wire.address[1] for wire in wires)}
        return kernel.unread(ports) > 0 and comes_true(
            lambda: self.log.version != before or not kernel.unread(ports), MOMENT
        )

    def _is_under_way(self, moment: float) -> bool:
        """Say whether anything that was sent in the last `moment` seconds has not arrived yet."""
        since = self.log.now() - moment
        new = takewhile(lambda event: event.sent > since, reversed(self.log.events))
        return any(event.arrived is None and not event.lost for event in new)

    def _who_is_where(self) -> dict[int, str]:
        return {port: name for wire in self._wires.values() for port, name in wire.local_ports.items()}


def open_room(server: Any = ChatServer, *, name: str = "room", **options: Any) -> OpenRoom:
    """Open a room; the one opened as `name` before is stopped first.

    `server` is a class, or a function of host and port, that returns a server to start, on a free port, with
    `options`; or the address of a server that runs already: HOST:PORT, or a tuple. Raise `TypeError` for
    anything else, `CannotListen`, or whatever the server raises, here in the calling cell. It stops at the
    latest when the interpreter ends.
    """
    if older := _rooms.get(name):
        older.stop()
        del _rooms[name]  # not before: whoever interrupts this runs the cell again
    _rooms[name] = room = start(server, options, _hold) if callable(server) else OpenRoom(to_address(server))
    return room


def _hold(server: Any) -> OpenRoom:
    room = OpenRoom(to_address(server.address), server)
    obituary.watch(server, room.note)
    return room


@atexit.register
def _stop_all() -> None:
    while _rooms:
        with suppress(Exception):  # each of them, whatever became of the others
            _rooms.popitem()[1].stop()
