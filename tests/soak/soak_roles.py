"""Who comes to a soak: those who behave, and prove that they heard everything, and those who do not."""

import random
import re
import socket
import struct
import zlib
from contextlib import suppress

RESET = struct.pack("ii", 1, 0)
BEGIN, END = b"[talker0] the day begins\n", b"[talker0] the day ends\n"


class Guest:
    """One connection; whoever drives it tells it of every chunk, and it says what went wrong in `faults`."""

    def __init__(self, port: int, name: str, faults: list[str], receive_buffer: int = 0) -> None:
        self.name, self.faults = name, faults
        self.joined = self.gone = False
        self.sock = socket.socket()
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(300.0)
        self.sock.connect(("127.0.0.1", port))
        self.fd = self.sock.fileno()  # for who watches it, also when it is closed
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setblocking(False)
        self.unsent = f"{name}\n".encode()

    def says(self, text: str) -> None:
        """Queue a line; `flush` sends it."""
        self.unsent += f"{text}\n".encode()

    def flush(self) -> None:
        """Send what the kernel takes now."""
        try:
            self.unsent = self.unsent[self.sock.send(self.unsent) :] if self.unsent else b""
        except BlockingIOError:
            pass
        except OSError:
            self.ends()

    def read(self) -> int:
        """Take in what has come; return how many bytes that was."""
        try:
            chunk = self.sock.recv(1 << 16)
        except BlockingIOError:
            return 0
        except OSError:
            chunk = b""
        if chunk:
            self.joined = self.joined or b"* The room contains:" in chunk
            self.hears(chunk)
        else:
            self.ends()
        return len(chunk)

    def hears(self, chunk: bytes) -> None:
        """Take in a chunk."""

    def ends(self) -> None:
        """Its connection is over."""
        self.leaves()

    def leaves(self, by_reset: bool = False) -> None:
        """Be gone."""
        if not self.gone and by_reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.gone = True
        self.sock.close()


class Listener(Guest):
    """Behaves and keeps the checksum of all that was said to everybody: it must be the same for each."""

    def __init__(self, port: int, name: str, faults: list[str]) -> None:
        super().__init__(port, name, faults)
        self.has_begun = self.is_done = False
        self.sum = self.count = 0
        self._held = b""  # what may be the first part of a mark

    def hears(self, chunk: bytes) -> None:
        self._held += chunk
        if not self.has_begun:
            _, begin, rest = self._held.rpartition(BEGIN)
            self.has_begun, self._held = bool(begin), rest if begin else self._held[-len(BEGIN) :]
        if self.has_begun and not self.is_done:
            heard, end, _ = self._held.partition(END)
            self.is_done = bool(end)
            keep = 0 if end else len(END)
            self.takes_in(heard[: len(heard) - keep])
            self._held = heard[len(heard) - keep :] if keep else b""

    def takes_in(self, data: bytes) -> None:
        """Count what was said to everybody."""
        self.sum, self.count = zlib.crc32(data, self.sum), self.count + len(data)

    def ends(self) -> None:
        if not self.gone and not self.is_done:
            self.faults.append(f"{self.name} behaved, and was cut after {self.count} bytes")
        super().ends()


class Auditor(Listener):
    """Reads every line too: numbers follow one another, and who leaves had come."""

    def __init__(self, port: int, name: str, faults: list[str]) -> None:
        super().__init__(port, name, faults)
        self._tail = b""
        self._next: dict[bytes, int] = {}
        self._inside: set[bytes] = set()
        self.lines = self.visits = 0

    def takes_in(self, data: bytes) -> None:
        super().takes_in(data)
        *lines, self._tail = (self._tail + data).split(b"\n")
        for line in lines:
            self.audits(line)
        self.lines += len(lines)

    def audits(self, line: bytes) -> None:
        """Hold one line against those before."""
        if said := re.fullmatch(rb"\[(\w+)\] (\d+) .*", line):
            name, number = said[1], int(said[2])
            if number != self._next.get(name, 0) and name != self.name.encode():
                self.faults.append(f"{self.name} heard {line[:60]!r}, not number {self._next.get(name, 0)}")
            self._next[name] = number + 1
        elif came := re.fullmatch(rb"\* (\w+) has entered the room", line):
            self.visits += 1
            self._next[came[1]] = 0
            if came[1] in self._inside:
                self.faults.append(f"{self.name} heard twice that {came[1]!r} came")
            self._inside.add(came[1])
        elif left := re.match(rb"\* (\w+) has left the room", line):
            if left[1] not in self._inside:
                self.faults.append(f"{self.name} heard {line!r}, of whom it had not heard")
            self._inside.discard(left[1])
        else:
            self.faults.append(f"{self.name} heard what nobody says: {line[:80]!r}")


class Talker(Auditor):
    """Behaves, and says numbered lines."""

    def __init__(self, port: int, name: str, faults: list[str]) -> None:
        super().__init__(port, name, faults)
        self.said = 0

    def speaks(self, dice: random.Random) -> None:
        """Say the next line."""
        self.says(f"{self.said} {'blah ' * dice.randrange(30)}\u00e9\u6f22\U0001f600")
        self.said += 1


class Visitor(Guest):
    """Comes, says some numbered lines, and goes in one of many ways, some of them bad."""

    WAYS = ("close", "reset", "half-close", "quit", "in a line", "in the name", "garbage", "freeze", "flood")

    def __init__(self, port: int, name: str, faults: list[str], dice: random.Random) -> None:
        self.way = dice.choice(self.WAYS)
        super().__init__(port, name, faults, 4096 if self.way == "freeze" else 0)
        self.time = dice.uniform(0.05, 15.0 if self.way == "freeze" else 2.0)
        if self.way == "in the name":
            self.unsent = name[:2].encode()
        if self.way == "garbage":
            self.unsent = dice.randbytes(200).replace(b"\n", b"") + b"\n" + dice.randbytes(3000)
        for number in range(300 if self.way == "flood" else dice.randrange(5)):
            if self.way not in ("in the name", "garbage"):
                self.says(f"{number} {'x' * dice.randrange(60)}")

    def read(self) -> int:
        return 0 if self.way == "freeze" else super().read()

    def goes(self) -> None:
        """Leave in its way."""
        if self.gone:
            return
        if self.way == "in a line":
            self.unsent += b"this line has no e"
        if self.way == "quit":
            self.says("/quit")
        self.flush()
        with suppress(OSError):
            if self.way == "half-close":
                return self.sock.shutdown(socket.SHUT_WR)
        if self.way != "quit":
            self.leaves(by_reset=self.way in ("reset", "freeze"))
