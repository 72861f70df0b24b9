"""Lines at fixed times, whoever has heard what: whoever is late, server or load, the delay counts it.

Lines come at even intervals, each from the next speaker. A delivery's delay runs from the moment at which its
line was to be said to the moment at which the kernel had it for the listener.
"""

from __future__ import annotations

import re
import socket
import struct
import sys
import time
from collections.abc import Iterator

from chatkit.bench.load.crowd import Crowd, Member, Stuck

STAMPS = 35 if sys.platform == "linux" else 0  # SO_TIMESTAMPNS: the kernel says when bytes came
READ_SIZE = 1 << 18
NAP = 0.0005  # seconds
LINE = re.compile(rb"(\d{4})(\d{6})000[a-z]")


class Metronome:
    """Have `speakers` say a line in turn, one every `interval` seconds, from `begin` on."""

    def __init__(self, crowd: Crowd, speakers: int, interval: float) -> None:
        self.crowd = crowd
        self.speakers = speakers
        self.interval = interval
        self.late: list[float] = []  # seconds that the load itself was behind, for each line
        self.said = 0
        self.delays: list[tuple[float, float]] = []  # of each delivery: when its line was due, and the delay
        for member in crowd.members:
            if STAMPS:
                member.sock.setsockopt(socket.SOL_SOCKET, STAMPS, 1)
        self._began = time.time() + 0.01

    def run_for(self, seconds: float) -> None:
        """Say what is due, and listen, for so long."""
        end = time.time() + seconds
        while (now := time.time()) < end:
            self._speak(now)
            self.listen()
            time.sleep(max(0.0, min(NAP, self._due(self.said) - time.time())))

    def listen(self, patience: float = 0) -> int:
        """Hear what is there; return how many lines it was."""
        heard = 0
        for member, data, when in self._arrivals(patience):
            if lines := member.ear.hear(data):
                heard += lines
                self._note(data, when)
        return heard

    def _speak(self, now: float) -> None:
        while self._due(self.said) <= now:
            member = self.crowd.members[self.said % self.speakers]
            self.crowd.speak(member, self.crowd.book.say(member.number))
            self.late.append(now - self._due(self.said))
            self.said += 1

    def _due(self, number: int) -> float:
        return self._began + number * self.interval

    def _note(self, data: bytes, when: float) -> None:
        for who, batch in LINE.findall(data):
            due = self._due(int(batch) * self.speakers + int(who))
            self.delays.append((due, when - due))

    def _arrivals(self, patience: float) -> Iterator[tuple[Member, bytes, float]]:
        for key, _mask in self.crowd.selector.select(patience):
            member: Member = key.data
            if member.unsent:
                self.crowd.speak(member, b"")
            try:
                data, extra, _flags, _from = member.sock.recvmsg(READ_SIZE, 64)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if not data:
                raise Stuck(f"the server has hung up on client {member.number + 1}")
            yield member, data, _stamp(extra)


def _stamp(extra: list[tuple[int, int, bytes]]) -> float:
    """Return when the kernel got these bytes; if it does not say, the time now."""
    for _level, kind, value in extra:
        if kind == STAMPS:
            seconds, nanoseconds = struct.unpack("ll", value)
            return float(seconds + nanoseconds / 1e9)
    return time.time()
