"""A server under test that is ours: started on a free port, watched until it listens, ended by its own id.

It gets a session of its own, so that ending it ends its helpers and nothing else. Its output is kept, for the
day it dies. This file speaks no chat.
"""

from __future__ import annotations

import os
import random
import shlex
import signal
import socket
import subprocess
import tempfile
import threading
from contextlib import suppress
from typing import IO, Protocol

from chatkit.check import measure
from chatkit.check.cancelling import checkpoint
from chatkit.check.deadline import comes_true
from chatkit.check.interrupting import undivided
from chatkit.check.promise import CannotRun
from chatkit.check.words import as_name, harmless

PORTS = range(20000, 32000)  # source ports come from 32768 up: a server there might find its port in use
START_WITHIN = 10.0  # seconds
HAS_WAITID = hasattr(os, "waitid")  # not on Windows, nor on macOS before Python 3.13
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)

no_forking = threading.Lock()
"""Held while a port is tried out and while a process is forked, which would inherit that very socket."""


class DiedAtStart(CannotRun):
    """A server ended before it listened: of itself, or because somebody else was quicker to take its port."""


class Process(Protocol):
    """A server that we have started; `pid` leads its session, and `measurable` says that /proc shows it."""

    pid: int
    measurable: bool
    stoppable: bool  # whether its answer to a signal is its own

    def status(self) -> int | None:
        """Return its exit status, None while it runs."""

    def output(self) -> str:
        """Return the last lines that it printed."""

    def signal(self, number: int) -> None:
        """Send it a signal, as a terminal would."""

    def end(self) -> None:
        """End it, kindly if that is quick."""


class Command:
    """A command as a process; raise `CannotRun` if there is no such program."""

    measurable = measure.available
    stoppable = True

    def __init__(self, argv: list[str]) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115, it lives as long as this
        try:
            with no_forking:
                self._process = subprocess.Popen(
                    argv,
                    stdin=subprocess.DEVNULL,
                    stdout=self._output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as error:
            raise CannotRun(f"cannot start {as_name(shlex.join(argv))}: {error.strerror or error}") from error
        self.pid = self._process.pid

    def status(self) -> int | None:
        process = self._process
        return status_of(self.pid) if HAS_WAITID and process.returncode is None else process.poll()

    def output(self) -> str:
        return last_lines(self._output)

    def signal(self, number: int) -> None:
        if self._process.returncode is None:
            send_signal(self.pid, number)

    def end(self) -> None:
        end_session(self)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        self._output.close()


def status_of(pid: int) -> int | None:
    """Return the exit status of a child, None while it runs; its number stays its own until it is waited for.

    So a signal that is meant for its session cannot reach a stranger who got the number since.
    """
    result = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if result is None:
        return None
    return result.si_status if result.si_code == os.CLD_EXITED else -result.si_status


def last_lines(output: IO[bytes]) -> str:
    """Return the end of what was printed into a file: eight lines at most."""
    with suppress(OSError, ValueError):
        size = os.fstat(output.fileno()).st_size
        text = os.pread(output.fileno(), 2000, max(0, size - 2000)).decode("utf-8", "replace")
        return "\n".join(harmless(text.strip()).splitlines()[-8:])
    return ""


def send_signal(session: int, number: int) -> None:
    """Send a signal to all processes of a session that we have started."""
    with suppress(ProcessLookupError):
        getattr(os, "killpg", os.kill)(session, number)


def end_session(process: Process) -> None:
    """End a process that we have started: with SIGTERM, and after a second in vain with SIGKILL."""
    with undivided():
        process.signal(signal.SIGTERM)
        if not comes_true(lambda: process.status() is not None, 1.0):
            process.signal(KILL)
            comes_true(lambda: process.status() is not None, 5.0)
        else:
            process.signal(KILL)  # what it has left behind


def free_port() -> int:
    """Return a port that nobody uses, below those that the kernel gives to clients.

    It is taken at random, so two checks at the same time hardly ever meet.
    """
    for _ in PORTS:
        port = random.choice(PORTS)
        with no_forking, socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise CannotRun("there is no free port between 20000 and 32000")


def wait_until_listening(process: Process, port: int, what: str, seconds: float) -> tuple[str, int]:
    """Return the address where a new server can be reached; raise `CannotRun` if it dies or never listens."""

    def is_decided() -> bool:
        checkpoint()
        return process.status() is not None or serves(process, port)

    comes_true(is_decided, seconds)
    if is_listening(port) and process.status() is None:
        return address_of(port)
    status, words = process.status(), process.output()
    said = f"; it printed:\n{words}" if words else "; it printed nothing"
    if status is not None:
        how = f"ended with status {status}" if status >= 0 else f"was ended by {signal.Signals(-status).name}"
        raise DiedAtStart(f"{what} {how} before it listened on port {port}{said}")
    raise CannotRun(f"{what} runs, but did not listen on port {port} within {seconds:g} s{said}")


def serves(process: Process, port: int) -> bool:
    """Say whether this process, and no stranger's, listens on `port`."""
    if process.measurable:
        return measure.holds(process.pid, set(measure.listening(port)))
    return is_listening(port)


def is_listening(port: int) -> bool:
    """Say whether somebody listens on `port`, without a visit where the kernel can be asked."""
    if measure.available:
        return bool(measure.listening(port))
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
        return True
    return False


def address_of(port: int) -> tuple[str, int]:
    """Return the loopback address of a server that listens on `port`: IPv6 if it listens only there."""
    only_v6 = "0" * 24 + "01000000"  # ::1, in the byte order of the kernel's table
    found = set(measure.listening(port).values()) if measure.available else set()
    return ("::1" if found == {only_v6} else "127.0.0.1"), port
