"""Many clients in one thread: they come in, speak and listen, and nothing they do waits for one of them.

What they hear is their ears' affair; what a scenario wants of them is the scenario's.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

from chatkit.bench.load.book import Book
from chatkit.bench.load.ear import Ear, Faults

READ_SIZE = 1 << 17  # bytes; a larger piece would cost the kernel fresh pages for every read
BUFFER = 1 << 22  # bytes: so that a load that is late for a moment holds up no server
BURST = 100  # connections begun before anybody is listened to again
JOIN_TIME = 120.0  # seconds
PATIENCE = 10.0  # seconds without a byte from the server; then it stands still


class Stuck(Exception):
    """The server has said nothing for too long, or has hung up; the text says when."""


class Member:
    """One client: its socket, its number, and how far it has come."""

    ear: Ear  # once the crowd has begun

    def __init__(self, number: int, address: tuple[str, int], buffer: int) -> None:
        self.number = number
        self.name = b"u%04d" % number
        self.prefix = b""  # what stands before its words when others hear them
        self.joined = False
        self.gone = False  # the server has hung up
        self.listens = True  # what it hears is read
        self.unsent = b""
        self.tail = b""
        self.sock = socket.socket()
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.sock.connect_ex(address)

    def read(self) -> bytes:
        """Return what has come; nothing once the server has hung up."""
        try:
            data = self.sock.recv(READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        self.gone = not data
        return data

    def send(self, data: bytes) -> None:
        """Send these bytes, or as many as go now; `unsent` holds the rest."""
        data = self.unsent + data
        sent = 0
        with suppress(OSError):
            sent = self.sock.send(data)
        self.unsent = data[sent:]


class Crowd:
    """The clients of one run, at one server."""

    def __init__(self, address: tuple[str, int], book: Book, at_once: int = 1) -> None:
        self.address = address
        self.at_once = at_once  # so many come in at a time, where a scenario does not care
        self.book = book
        self.members: list[Member] = []
        self.selector = selectors.DefaultSelector()
        self.patience = PATIENCE
        self.kept: dict[int, list[bytes]] | None = None  # what each has heard since it came in, if wanted

    def join(self, count: int, at_once: int = 0, buffer: int = BUFFER) -> None:
        """Have `count` more come in, at most `at_once` of them at the door at a time; raise `Stuck`.

        `buffer` is how many bytes the kernel keeps for each at most.
        """
        coming: set[Member] = set()
        target = len(self.members) + count
        at_once = at_once or self.at_once
        deadline = time.monotonic() + JOIN_TIME
        while len(self.members) < target or coming:
            room = min(target - len(self.members), at_once - len(coming), BURST)
            coming.update(self._connect(buffer) for _ in range(room))
            for member, data in self.listen():
                if not member.joined and self._come_in(member, data):
                    coming.discard(member)
                elif member.joined and self.kept is not None:
                    self.kept[member.number].append(data)
            if time.monotonic() > deadline:
                raise Stuck(f"{len(coming)} of {count} had not come in within {JOIN_TIME:g} seconds")

    def settle(self, quiet: float) -> None:
        """Listen until nobody has heard anything for `quiet` seconds."""
        while heard := list(self.listen(wait=quiet)):
            for member, data in heard:
                if self.kept is not None:
                    self.kept[member.number].append(data)

    def begin(self) -> None:
        """Give everybody an ear: from here on, all that is heard is verified."""
        self.settle(0.2)  # the last notices
        for member in self.members[len(self.book.said) :]:
            self.book.enter(member.prefix)
        for member in self.members:
            member.ear = Ear(self.book, member.number)

    def listen(self, wait: float | None = None) -> Iterator[tuple[Member, bytes]]:
        """Wait for the next bytes, and yield who has heard what; raise `Stuck` if nothing comes for too long.

        With `wait` seconds of its own, silence is no fault, and nothing is yielded.
        """
        ready = self.selector.select(self.patience if wait is None else wait)
        if not ready and wait is None:
            raise Stuck(f"the server has said nothing for {self.patience:g} seconds")
        for key, mask in ready:
            member: Member = key.data
            if mask & selectors.EVENT_WRITE:
                self.speak(member, b"")
            if mask & selectors.EVENT_READ:
                data = member.read()
                if member.gone:
                    self.drop(member)
                yield member, data

    def speak(self, member: Member, data: bytes) -> None:
        """Have a member say this; what does not go now goes when it can."""
        waited = bool(member.unsent)
        member.send(data)
        if bool(member.unsent) != waited and not member.gone:
            write = selectors.EVENT_WRITE if member.unsent else 0
            self.selector.modify(member.sock, selectors.EVENT_READ | write, member)

    def drop(self, member: Member) -> None:
        """Listen to a member no more."""
        member.gone = True
        with suppress(KeyError, ValueError):
            self.selector.unregister(member.sock)

    def close(self) -> None:
        """Hang up for everybody."""
        for member in self.members:
            member.sock.close()
        self.selector.close()

    def faults(self) -> Faults:
        """Return what all have heard wrong, once nobody will hear any more."""
        total = Faults()
        for member in self.members:
            if member.listens:
                total.add(member.ear.finish())
        return total

    def lacking(self) -> int:
        """Return how many lines all who listen have still to hear."""
        said = [batches * self.book.in_batch for batches in self.book.said]
        everything = sum(said)
        return sum(everything - said[m.number] - m.ear.heard for m in self.members if m.listens)

    def _connect(self, buffer: int) -> Member:
        member = Member(len(self.members), self.address, buffer)
        self.members.append(member)
        self.selector.register(member.sock, selectors.EVENT_READ, member)
        if greeting := self.book.dialect.greeting(member.name):
            self.speak(member, greeting)
        return member

    def _come_in(self, member: Member, data: bytes) -> bool:
        """Take in what a newcomer hears; return whether it has joined."""
        if member.gone:
            raise Stuck(f"the server has hung up on newcomer {member.number + 1}")
        dialect = self.book.dialect
        *lines, member.tail = (member.tail + data).split(b"\n")
        for at, line in enumerate(lines):
            if dialect.lets_in(line):
                member.joined = True
                member.prefix = dialect.prefix(member.name, line)
                if self.kept is not None:
                    self.kept[member.number] = [b"\n".join([*lines[at:], member.tail])]
                return True
            if answer := dialect.answer(member.name, line):
                self.speak(member, answer)
        return False
