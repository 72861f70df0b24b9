"""Lines at fixed times, whoever has heard what: whoever is late, server or load, the delay counts it.

Lines come at even intervals, each from the next speaker. A delivery's delay runs from the moment at which its
line was to be said to the moment at which the kernel had it for the listener. The kernel tells that once a
read, so a few listeners are timed, and read at once; the others are read in turn, and only verified.
"""

from __future__ import annotations

import re
import selectors
import socket
import struct
import sys
import time
from collections.abc import Sequence
from itertools import cycle

from chatkit.bench.load.crowd import Crowd, Member, Stuck

STAMPS = 35 if sys.platform == "linux" else 0  # SO_TIMESTAMPNS: the kernel says when bytes came
READ_SIZE = 1 << 18
NAP = 0.0005  # seconds
LINE = re.compile(rb"(\d{4})(\d{6})000[a-z]")


class Metronome:
    """Have `speakers` say a line in turn, one every `interval` seconds; time what those `timed` hear."""

    def __init__(self, crowd: Crowd, speakers: int, interval: float, timed: Sequence[Member]) -> None:
        self.crowd = crowd
        self.speakers = speakers
        self.interval = interval
        self.late: list[float] = []  # seconds that the load itself was behind, for each line
        self.said = 0
        self.delays: list[tuple[float, float]] = []  # of each delivery: when its line was due, and the delay
        self._timed = set(timed)
        self._others = cycle(crowd.members)  # whoever is not timed waits for its turn here
        self._prompt = selectors.DefaultSelector()
        for member in timed:
            self._prompt.register(member.sock, selectors.EVENT_READ, member)
            if STAMPS:
                member.sock.setsockopt(socket.SOL_SOCKET, STAMPS, 1)
        self._began = time.time() + 0.01
        self._end = 0.0  # nothing is said any more

    def run_for(self, seconds: float) -> None:
        """Say what is due, and listen, for so long; what was due by its end is said, however late."""
        self._end = time.time() + seconds
        while time.time() < self._end:
            self._hear_all(self._prompt, 0)
            self._hear(next(self._others))
            time.sleep(max(0.0, min(NAP, self._due(self.said) - time.time())))
        self._speak()

    def listen(self, patience: float) -> None:
        """Hear what is there, whoever has it."""
        self._hear_all(self.crowd.selector, patience)

    def close(self) -> None:
        """Let go of what it holds beside its crowd."""
        self._prompt.close()

    def _hear_all(self, selector: selectors.BaseSelector, patience: float) -> None:
        """Hear what is there, and say between two ears what is due."""
        self._speak()
        for key, _mask in selector.select(patience):
            self._hear(key.data)
            self._speak()

    def _hear(self, member: Member) -> None:
        if member.unsent:
            self.crowd.speak(member, b"")
        if not member.listens:
            return
        try:
            data, extra, _flags, _from = member.sock.recvmsg(READ_SIZE, 64)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            raise Stuck(f"the server has hung up on client {member.number + 1}")
        if member.ear.hear(data) and member in self._timed:
            self._note(data, _stamp(extra))

    def _speak(self) -> None:
        while (due := self._due(self.said)) <= (now := time.time()) and due < self._end:
            member = self.crowd.members[self.said % self.speakers]
            self.crowd.speak(member, self.crowd.book.say(member.number))
            self.late.append(now - due)
            self.said += 1

    def _due(self, number: int) -> float:
        return self._began + number * self.interval

    def _note(self, data: bytes, when: float) -> None:
        for who, batch in LINE.findall(data):
            due = self._due(int(batch) * self.speakers + int(who))
            self.delays.append((due, when - due))


def _stamp(extra: list[tuple[int, int, bytes]]) -> float:
    """Return when the kernel got these bytes; if it does not say, the time now."""
    for _level, kind, value in extra:
        if kind == STAMPS:
            seconds, nanoseconds = struct.unpack("ll", value)
            return float(seconds + nanoseconds / 1e9)
    return time.time()
