"""Who may come in: so many in all, so many from one address, and nobody once the door is shut.

A stranger may also speak only so fast. By loopback any number may come, and at any pace unless a rate is
asked for: a lesson's clients all come from there.
"""

import ipaddress
import time
from collections import Counter

from chatkit.limits import Limits, descriptors
from chatkit.listener import FULL
from chatkit.pace import Pace

RATE = 20.0  # lines a second
REST = 60.0  # seconds after which whoever comes back is a newcomer, if its pace would have recovered
LONGEST_REST = 3600.0
SPARE = 32  # descriptors that are not for clients: the listener, the log, a history


class Door:
    """Count who is in, and say in words why somebody may not come in as well."""

    def __init__(self, limits: Limits, most: int) -> None:
        self.shut = False
        self._limits = limits
        self._most = limits.clients or max(1, min(most, descriptors() - SPARE))
        rate = limits.rate or RATE
        self._rest = min(max(REST, limits.burst / rate), LONGEST_REST)
        self._count = 0
        self._inside: Counter[str] = Counter()
        # Of each address, how fast those may speak who left it, and when the last of them did.
        self._paces: dict[str, tuple[float, list[Pace]]] = {}

    def objection(self, host: str) -> str:
        """Say why nobody from `host` may come in now; empty if somebody may."""
        if self.shut or self._count >= self._most:
            return FULL
        if self._inside[_home(host)] >= self._limits.per_address and not is_loopback(host):
            return f"{self._inside[_home(host)]} connections came from your address already; close one first"
        return ""

    def enter(self, host: str) -> None:
        """Count one more in."""
        self._count += 1
        self._inside[_home(host)] += 1

    def leave(self, host: str, pace: Pace | None = None) -> None:
        """Count one out, who had this pace."""
        self._count -= 1
        self._inside[_home(host)] -= 1
        if not self._inside[_home(host)]:
            del self._inside[_home(host)]
        if pace:
            self._keep(pace, _home(host), time.monotonic())

    def pace(self, host: str) -> Pace | None:
        """Return how fast somebody from `host` may speak; None: as fast as it likes.

        It goes on at the pace of one who left: to hang up and call again gives nobody a new burst.
        """
        rate = self._limits.rate or (None if is_loopback(host) else RATE)
        _, paces = self._paces.get(_home(host), (0.0, []))
        if paces:
            return paces.pop()
        return Pace(rate, self._limits.burst, time.monotonic()) if rate else None

    def _keep(self, pace: Pace, home: str, now: float) -> None:
        _, paces = self._paces.pop(home, (0.0, []))
        self._paces[home] = now, [*paces, pace]
        while now - self._paces[oldest := next(iter(self._paces))][0] > self._rest:
            del self._paces[oldest]


def _home(host: str) -> str:
    """Return what is counted as one address: of IPv6 a /64, all of which one household has (RFC 6177)."""
    address = ipaddress.ip_address(host)
    return host if address.version == 4 else str(ipaddress.ip_network((int(address), 64), strict=False))


def is_loopback(host: str) -> bool:
    """Say whether this is an address of this machine that no other can reach."""
    return ipaddress.ip_address(host).is_loopback
