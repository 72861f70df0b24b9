"""Where there are rooms to judge: one that runs already, or a new one for each promise.

A room knows what its server is in the habit of leaving out, so that its silence is waited for only
once. This file knows nothing of promises.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from chatkit.check.participant import WAIT
from chatkit.check.process import DiedAtStart, Process

USUAL, KNOWN_MISSING = WAIT, 1.0  # seconds


@dataclass
class Manners:
    """What the server sends unasked, as far as has been seen; and how long it is worth waiting for that."""

    prompts: bool = True
    rosters: bool = True
    entrances: bool = True

    @property
    def prompt(self) -> float:
        """Seconds to wait for the first line."""
        return USUAL if self.prompts else KNOWN_MISSING

    @property
    def roster(self) -> float:
        """Seconds to wait for the list of names."""
        return USUAL if self.rosters else KNOWN_MISSING

    @property
    def entrance(self) -> float:
        """Seconds to wait for word of a newcomer."""
        return USUAL if self.entrances else KNOWN_MISSING


@dataclass
class Room:
    """One room: where its server listens, and its process, if that is ours."""

    address: tuple[str, int]
    manners: Manners
    process: Process | None = None
    foreign: bool = False
    reached: bool = False  # somebody has been connected
    _used: dict[str, int] = field(default_factory=dict)

    def unused(self, name: str) -> str:
        """Return `name`, or, where somebody may have it already, a name like it, of 16 characters at most."""
        count = self._used[name] = self._used.get(name, 0) + 1
        if self.foreign:
            return f"{name[:8]}{random.randrange(0x1000, 0x10000):x}{count}"
        return name if count == 1 else f"{name}{count}"

    def close(self) -> None:
        """End the server, if it is ours."""
        if self.process:
            self.process.end()


class Running:
    """A server that runs already and that others may be using: there is only the one room."""

    fresh = False

    def __init__(self, host: str, port: int, description: str = "") -> None:
        self.description = description or f"{host}:{port}"
        self._room = Room((host, port), Manners(), foreign=True)

    def open(self) -> Room:
        """Return the room."""
        return self._room


class Started:
    """A server that is started anew for every room by `launch`, which returns where it listens."""

    fresh = True

    def __init__(self, launch: Callable[[], tuple[Process, tuple[str, int]]], description: str) -> None:
        self.description = description
        self._launch = launch
        self._manners = Manners()

    def open(self) -> Room:
        """Start a server, wait until it listens, and return its room; raise `CannotRun` if it never does."""
        with suppress(DiedAtStart):
            return self._open()
        return self._open()  # on another port: the first may have been snatched away

    def _open(self) -> Room:
        process, address = self._launch()
        return Room(address, self._manners, process)


Venue = Running | Started
