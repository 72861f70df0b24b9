"""Calling a server: a connected socket, or a sentence that says why there is none.

This file knows nothing of chat; what is said over the socket is the client's.
"""

import errno
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from chatkit.errors import CannotConnect, Refused, Unreachable
from chatkit.limits import end_by_reset, tune

_Address = tuple[Any, ...]  # as `getaddrinfo` gives it


def dial(host: str, port: int, timeout: float) -> socket.socket:
    """Return a socket connected to `host` and `port` within `timeout` seconds; raise `CannotConnect`.

    To look up the host is the system's affair, and may take its own time.
    """
    try:
        if port not in range(1, 65536):  # some systems would take the number modulo 65536
            raise OverflowError(f"a port is a number from 1 to 65535, not {port!r}")
        sock = _call_each(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), timeout)
        sock.settimeout(timeout)
    except (OSError, OverflowError, UnicodeError) as error:
        raise _why(f"{host} port {port}", error) from error
    with suppress(OSError):  # a server that has gone already is for the reader to find out
        tune(sock)
    return sock


def begin_to_listen(thread: threading.Thread) -> None:
    """Start the thread that is to read what comes; raise `CannotConnect` if there are no more to be had."""
    try:
        thread.start()
    except RuntimeError as error:
        raise CannotConnect(f"cannot listen: {error}") from error


def _call_each(addresses: list[_Address], timeout: float) -> socket.socket:
    """Return the first that answers; each has an equal share of the time that is left."""
    deadline = time.monotonic() + timeout
    why = OSError("it has no address")
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        try:
            sock = _call(address, (deadline - time.monotonic()) / left)
            _refuse_itself(sock)
        except OSError as error:
            why = error
        else:
            return sock
    raise why


def _call(address: _Address, seconds: float) -> socket.socket:
    family, kind, protocol, _, place = address
    sock = socket.socket(family, kind, protocol)
    try:
        sock.settimeout(max(seconds, 0.001))  # 0 would not wait at all
        sock.connect(place)
    except BaseException:
        sock.close()
        raise
    return sock


def _refuse_itself(sock: socket.socket) -> None:
    """Close a socket that was joined to itself; raise `ConnectionRefusedError`.

    Where nobody listens, the kernel may choose the port that is called as the caller's own. Both ends then
    open at once, which TCP allows (RFC 9293, 3.5): the call succeeds, and keeps the server from that port.
    """
    if _is_its_own_peer(sock):
        end_by_reset(sock)  # the port is free again at once
        sock.close()
        raise ConnectionRefusedError


def _is_its_own_peer(sock: socket.socket) -> bool:
    try:
        return bool(sock.getsockname() == sock.getpeername())
    except OSError:  # it was reset meanwhile: there was somebody else
        return False


def _why(where: str, error: Exception) -> CannotConnect:
    if isinstance(error, ConnectionRefusedError):
        return Refused(f"nothing listens at {where}; is the server running?")
    if getattr(error, "errno", None) == errno.EADDRNOTAVAIL:
        return Unreachable(
            f"cannot reach {where}: this machine has no free port to call from; "
            "ports of connections that have just been closed come free within some minutes"
        )
    return Unreachable(f"cannot reach {where}: {getattr(error, 'strerror', '') or error}")
