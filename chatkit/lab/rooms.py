"""Rooms for a notebook: a cell may run again, and there is never more than one server of a name.

A server that an earlier run of the cell left behind would go on serving old code, so opening a room first
stops it. Waiting has a deadline, and says what was seen instead. This file knows no widget: whatever has a
name and a `text` can be waited for.
"""

import atexit
import time
from typing import Any, NamedTuple, Protocol

import psutil  # type: ignore[import-untyped]

from chatkit.server import ChatServer

_rooms: dict[str, ChatServer] = {}


class Reader(Protocol):
    """Anybody whose view of a room can be read: a pane, for example."""

    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...


class Sockets(NamedTuple):
    """How many TCP sockets this process holds for one room."""

    listening: int
    server_ends: int
    client_ends: int


def open_room(name: str = "room", **options: Any) -> ChatServer:
    """Start a server in the background, on a free port; the one opened as `name` before is stopped first.

    `options` are those of `ChatServer`. Raise `CannotListen` here, in the calling cell. The server stops at
    the latest when the interpreter ends.
    """
    if name in _rooms:
        _rooms.pop(name).stop()
    _rooms[name] = ChatServer(**{"port": 0} | options).start()
    return _rooms[name]


def wait_for(line: str, *readers: Reader, timeout: float = 5.0) -> None:
    """Wait until each reader shows `line`; raise `TimeoutError` after `timeout` seconds."""
    for reader in readers:
        if not _sees(reader, line, timeout):
            raise TimeoutError(
                f"{reader.name} did not see {line!r} in {timeout:g} seconds, but:\n{reader.text}"
            )


def who_heard(words: str, *readers: Reader, timeout: float = 1.0) -> str:
    """Tell for each reader whether it said `words` and who heard it, for which it has `timeout` seconds.

    Capitals do not matter, nor does a full stop.
    """
    return "\n".join(_tell(words, speaker, readers, timeout) for speaker in readers)


def count_sockets(room: ChatServer) -> Sockets:
    """Ask the operating system for the sockets of `room` in this process, at both ends of each connection."""
    port = room.address[1]
    tcp = psutil.Process().net_connections("tcp")
    talking = [each for each in tcp if each.status == psutil.CONN_ESTABLISHED]
    return Sockets(
        sum(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in tcp),
        sum(each.laddr.port == port for each in talking),
        sum(each.raddr.port == port for each in talking),
    )


def _tell(words: str, speaker: Reader, readers: tuple[Reader, ...], timeout: float) -> str:
    if not _sees(speaker, f"> {words}", 0):
        return f"{speaker.name} has not said it yet"
    others = [reader for reader in readers if reader is not speaker]
    deaf = [other.name for other in others if not _sees(other, f"[{speaker.name}] {words}", timeout)]
    if deaf:
        return f"{speaker.name} said it, but it did not reach {' and '.join(deaf)}"
    return f"{speaker.name} said it, and {' and '.join(other.name for other in others)} heard it"


def _sees(reader: Reader, line: str, timeout: float) -> bool:
    """Say whether the reader shows `line` within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while _plain(line) not in map(_plain, reader.text.splitlines()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _plain(line: str) -> str:
    return line.casefold().rstrip(" .!")


@atexit.register
def _stop_all() -> None:
    while _rooms:
        _rooms.popitem()[1].stop()
