"""Many clients in one thread: they come in, speak and listen, and nothing they do waits for one of them.

What they hear is their ears' affair; what a scenario wants of them is the scenario's.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator
from contextlib import suppress

from chatkit.bench.load.book import Book
from chatkit.bench.load.ear import Ear, Faults

READ_SIZE = 1 << 19
PATIENCE = 10.0  # seconds without a byte from the server; then it stands still


class Stuck(Exception):
    """The server has said nothing for too long, or has hung up; the text says when."""


class Member:
    """One client: its socket, its number, and how far it has come."""

    def __init__(self, number: int, address: tuple[str, int]) -> None:
        self.number = number
        self.name = b"u%04d" % number
        self.prefix = b""  # what stands before its words when others hear them
        self.joined = False
        self.gone = False  # the server has hung up
        self.ear: Ear | None = None
        self.unsent = b""
        self.tail = b""
        self.sock = socket.socket()
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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

    def __init__(self, address: tuple[str, int], book: Book) -> None:
        self.address = address
        self.book = book
        self.members: list[Member] = []
        self.selector = selectors.DefaultSelector()

    def join(self, count: int, at_once: int = 1) -> None:
        """Have `count` more come in, at most `at_once` of them at the door at a time; raise `Stuck`."""
        coming: set[Member] = set()
        target = len(self.members) + count
        while len(self.members) < target or coming:
            while len(self.members) < target and len(coming) < at_once:
                coming.add(self._connect())
            for member, data in self.listen():
                if not member.joined and self._come_in(member, data):
                    coming.discard(member)

    def begin(self) -> None:
        """Give everybody an ear: from here on, all that is heard is verified."""
        while list(self.listen(patience=0.2)):  # the last notices
            pass
        for member in self.members[len(self.book.said) :]:
            self.book.enter(member.prefix)
        for member in self.members:
            member.ear = member.ear or Ear(self.book, member.number)

    def listen(self, patience: float = PATIENCE) -> Iterator[tuple[Member, bytes]]:
        """Wait for the next bytes, and yield who has heard what; raise `Stuck` if nothing comes.

        With less patience than usual, silence is no fault, and the end.
        """
        ready = self.selector.select(patience)
        if not ready and patience == PATIENCE:
            raise Stuck(f"the server has said nothing for {patience:g} seconds")
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

    def faults(self) -> Faults:
        """Return what all have heard wrong, once nobody will hear any more."""
        total = Faults()
        for member in self.members:
            if member.ear:
                total.add(member.ear.finish())
        return total

    def _connect(self) -> Member:
        member = Member(len(self.members), self.address)
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
        for line in lines:
            if dialect.lets_in(line):
                member.joined = True
                member.prefix = dialect.prefix(member.name, line)
                return True
            if answer := dialect.answer(member.name, line):
                self.speak(member, answer)
        return False
