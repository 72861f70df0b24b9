"""A raw-socket participant, so that a test reads as a dialogue: one says, the other hears.

It knows the wire and nothing of chatkit's own client, so it is an independent witness. Every wait has a
deadline, and nothing here sleeps in place of a condition.
"""

import faulthandler
import itertools
import select
import socket
import struct
import threading
import time
from collections.abc import Callable

# Seconds: far more than anything takes here on a busy machine, and more than a virtual one has stood still
# because of its host: 200 seconds, after which the kernel wrote of a "workqueue lockup".
PATIENCE = 300.0


def eventually(condition: Callable[[], object], timeout: float = PATIENCE, why: str = "") -> None:
    """Wait until `condition()` is true; fail after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, why or f"not within {timeout:g} seconds: {condition}"
        pause.wait(0.005)


def is_free(address: tuple[str, int]) -> bool:
    """Say whether one can listen there: on a busy machine another program may do so for a moment."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    try:
        socket.create_server(address, family=family).close()
    except OSError:
        return False
    return True


def has_been_reset(sock: socket.socket) -> bool:
    """Wait until the connection is dead, and say whether it is; what had come is still to be read."""
    poll = select.poll()
    poll.register(sock, 0)
    return bool(poll.poll(PATIENCE * 1000))


def _reserve_ports() -> range:
    """Return ports of this process's own: the one before them is bound for as long as it lives."""
    for port in range(15_000, 20_000, 50):
        guard = socket.socket()
        try:
            guard.bind(("127.0.0.1", port))
        except OSError:
            guard.close()
        else:
            guard.detach()  # nobody closes it
            return range(port + 1, port + 50)
    raise RuntimeError("a hundred processes have reserved all ports between 15,000 and 20,000")


_own_ports = itertools.cycle(_reserve_ports())


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that stays free for a while: no system, check or other process of the tests takes it."""
    return next(port for port in _own_ports if is_free((host, port)))


class Talker:
    """One connection to a line-chat server; with a `name`, it joins at once.

    `receive_buffer`, in bytes, is set before the connection is made: a small one makes a frozen reader.
    """

    def __init__(
        self,
        address: tuple[str, int],
        name: str | None = None,
        *,
        timeout: float = PATIENCE,
        receive_buffer: int | None = None,
    ) -> None:
        self.name = name or "a stranger"
        self.end = ""  # "FIN" or "RST", once the other side's goodbye has been heard
        self._buffer = b""
        self.socket = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        self.socket.settimeout(timeout)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            self.socket.connect(address)
        except OSError:
            self.socket.close()
            raise
        if name is not None:
            self.joins(name)

    # What it does

    def sends(self, data: bytes) -> None:
        """Send these bytes as they are."""
        self.socket.sendall(data)

    def says(self, *texts: str) -> None:
        """Send each text as one line."""
        self.sends("".join(f"{text}\n" for text in texts).encode())

    def joins(self, name: str) -> None:
        """Wait for the prompt, give a name, and wait to be let in."""
        self.hears_the_prompt()
        self.says(name)
        roster = self.hears_a_line()
        assert roster.startswith("* The room contains:"), f"{name} was not let in: {roster!r}"
        self.name = name
        self.found = roster.removeprefix("* The room contains:").strip().split(", ")

    def leaves(self) -> None:
        """Say goodbye in order: a FIN, unless something lies unread."""
        self.socket.close()

    def resets(self) -> None:
        """Vanish with an RST."""
        linger = struct.pack("hh" if hasattr(socket, "SIO_RCVALL") else "ii", 1, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.socket.close()

    def half_closes(self) -> None:
        """Say that no more will be said, and go on listening."""
        self.socket.shutdown(socket.SHUT_WR)

    # What it hears

    def next_line(self) -> str | None:
        """Return the next whole line, strictly decoded; None once the other side has ended."""
        while b"\n" not in self._buffer:
            try:
                chunk = self.socket.recv(1 << 16)
            except ConnectionError:
                self.end = "RST"
                return None
            except TimeoutError:
                faulthandler.dump_traceback(2)  # most servers are within this process
                raise AssertionError(f"{self.name} heard nothing more, but {self._buffer!r}") from None
            if not chunk:
                self.end = "FIN"
                assert not self._buffer, f"{self.name} heard an unfinished line: {self._buffer!r}"
                return None
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode("utf-8", "strict")

    def hears_a_line(self) -> str:
        """Return the next line; fail if there is none."""
        line = self.next_line()
        assert line is not None, f"{self.name} heard the end ({self.end}) instead of a line"
        return line

    def hears_the_prompt(self) -> None:
        """Hear any one line, which asks for a name."""
        self.hears_a_line()

    def hears(self, *expected: str) -> None:
        """Hear exactly these lines next, and nothing between them."""
        for line in expected:
            heard = self.hears_a_line()
            assert heard == line, f"{self.name} heard {heard!r}, not {line!r}"

    def hears_an_error(self, *words: str) -> None:
        """Hear a line for itself alone, with all these words in it."""
        line = self.hears_a_line()
        assert line.startswith("! "), f"{self.name} heard {line!r}, not an error"
        assert all(word in line for word in words), f"{line!r} does not say all of {words}"

    def hears_until(self, last: str) -> list[str]:
        """Hear lines up to and with `last`, and return them."""
        heard = [self.hears_a_line()]
        while heard[-1] != last:
            heard.append(self.hears_a_line())
        return heard

    def hears_all(self) -> list[str]:
        """Hear everything up to the end of the conversation, and return it."""
        return list(iter(self.next_line, None))

    def hears_the_end(self) -> None:
        """Hear the end of the conversation next, and no line before it."""
        line = self.next_line()
        assert line is None, f"{self.name} heard {line!r}, not the end"
