"""A server for a room, made from its class and started; if nobody comes to hold it, it is stopped again.

An interrupt may come at any moment (the stop button of a notebook), and what nobody holds, nobody can stop.
"""

import inspect
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from chatkit.check.judging import parse_address

PATIENCE = 3.0  # seconds for the end of a server that has only just begun

Room = TypeVar("Room")


def start(server: Callable[..., Any], options: dict[str, Any], hold: Callable[[Any], Room]) -> Room:
    """Make a server, start it, and return what holds it; raise `TypeError`, or whatever it raises."""
    made = _make(server, {"host": "127.0.0.1", "port": 0} | options)
    try:
        made.start()
        return hold(made)
    except BaseException:
        ending = threading.Thread(target=_stop, args=(made,), name="chatkit room's end", daemon=True)
        ending.start()
        ending.join(PATIENCE)
        raise


def to_address(where: Any) -> tuple[str, int]:
    """Return the host and port that `where` means, HOST:PORT or a tuple; raise `TypeError` for all else."""
    match where:
        case str():
            return parse_address(where)
        case (str(), int(), *_):
            return where[0], where[1]
    wanted = "a server's class, or the address of one that runs, as in '127.0.0.1:55555'"
    raise TypeError(f"a room needs {wanted}; not {where!r}")


def _make(server: Callable[..., Any], options: dict[str, Any]) -> Any:
    try:
        inspect.signature(server).bind(**options)
    except TypeError as error:
        name = getattr(server, "__name__", "it")
        raise TypeError(f"{name} cannot be made with {' and '.join(options)}: {error}") from None
    made = server(**options)
    missing = [word for word in ("start", "stop", "address") if word not in dir(made)]
    if missing:
        raise TypeError(f"a server for a room needs start, stop and address; this one lacks {missing[0]}")
    return made


def _stop(server: Any) -> None:
    with suppress(Exception):  # it may never have started
        server.stop()
