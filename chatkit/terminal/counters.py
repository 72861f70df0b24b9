"""The host's figures: what a server says of its clients, as the rows of a table. No widget is known here."""

import time
from collections.abc import Callable
from typing import NamedTuple

from chatkit.server import ChatServer
from chatkit.terminal.inert import inert

COLUMNS = ("Name", "Here for", "Lines in", "Bytes in", "Bytes out", "Waiting", "From")


class Row(NamedTuple):
    """One client, in words."""

    peer: str
    name: str
    here: str
    lines_in: str
    bytes_in: str
    bytes_out: str
    queued: str
    place: str


class Totals(NamedTuple):
    """Everybody together."""

    members: int
    strangers: int  # connected, and without a name yet
    lines_in: int
    queued: int


def rows(server: ChatServer, clock: Callable[[], float] = time.monotonic) -> list[Row]:
    """Return a row for each client, in the order in which they came."""
    now = clock()
    return [
        Row(
            client.peer,
            client.name,
            duration(now - client.since),
            f"{client.lines_in:,}",
            amount(client.bytes_in),
            amount(client.bytes_out),
            amount(client.queued) if client.queued else "-",
            inert(client.peer),
        )
        for client in server.clients()
    ]


def totals(server: ChatServer) -> Totals:
    """Return the sums."""
    clients = server.clients()
    members = sum(bool(client.name) for client in clients)
    return Totals(
        members,
        len(clients) - members,
        sum(client.lines_in for client in clients),
        sum(client.queued for client in clients),
    )


def duration(seconds: float) -> str:
    """Return a time in the two largest units that fit: `12 s`, `3 m 05 s`, `2 h 07 m`, `1 d 04 h`."""
    seconds = max(0, int(seconds))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} m {seconds % 60:02} s"
    if seconds < 86400:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02} m"
    return f"{seconds // 86400} d {seconds % 86400 // 3600:02} h"


def amount(count: int) -> str:
    """Return a number of bytes in a unit that fits: `999 B`, `1.2 kB`, `3.4 MB`."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError("the last unit takes everything")
