"""The TCP states of a first conversation, asked of the system after each call, and kept as rows.

Three sockets take part: one listens, one calls, and one is the server's end, which the system may have made
before any program holds it. What goes on by itself for a moment, such as a handshake, is waited for.
"""

import socket
from dataclasses import dataclass
from typing import NamedTuple

from chatkit.check.deadline import comes_true
from chatkit.lab import kernel
from chatkit.lab.kernel import Socket

PATIENCE = 2.0  # seconds for what goes on by itself
PASSING = {"SYN_SENT", "SYN_RECV", "FIN_WAIT1", "LAST_ACK", "CLOSING"}
NOT_ALL = "This system does not tell of a socket that no program holds."


class Row(NamedTuple):
    """What the three sockets were after a call: a state, `-` for a socket that is not there."""

    call: str
    listener: str
    client: str
    server: str


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """Some rows, under a head."""

    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        rows = (Row("after", *Row._fields[1:]), *self.rows)
        lines = ["{:<16} {:<10} {:<13} {}".format(*row) for row in rows]
        return "\n".join([*lines, *([] if kernel.available else [NOT_ALL])])


class States:
    """Follow `listener`, `client`, and the server's end of their connection; shown, it is all rows so far.

    The states are RFC 9293's, 3.3.2. CLOSED is a socket that has no connection and waits for none.
    """

    def __init__(self, listener: socket.socket, client: socket.socket) -> None:
        self._listener, self._client = listener, client
        self._home = self._caller = 0  # their ports, as far as they are known
        self.rows: tuple[Row, ...] = ()

    def after(self, call: str) -> Table:
        """Look at the states, and return them as the row after `call`."""
        comes_true(lambda: not _is_moving(self._look()), PATIENCE)
        listener, client, server = self._look()
        words = (
            _words(listener, self._listener.fileno() != -1),
            _words(client, self._client.fileno() != -1),
            _words(server, False),
        )
        self.rows = (*self.rows, Row(call, *words))
        return Table(self.rows[-1:])

    @property
    def last(self) -> Row:
        """The last row."""
        return self.rows[-1]

    def __repr__(self) -> str:
        return repr(Table(self.rows))

    def _look(self) -> tuple[Socket | None, Socket | None, Socket | None]:
        self._home = _port(self._listener) or self._home
        self._caller = _port(self._client) or self._caller
        here = _sockets(self._home)
        listener = next((each for each in here if not each.peer), None)
        return listener, _find(_sockets(self._caller), self._home), _find(here, self._caller)


def _port(sock: socket.socket) -> int:
    try:
        return int(sock.getsockname()[1])
    except OSError:  # it is closed
        return 0


def _sockets(port: int) -> list[Socket]:
    return kernel.sockets(port, "127.0.0.1") if port else []


def _find(sockets: list[Socket], port: int) -> Socket | None:
    return next((each for each in sockets if each.peer and each.peer[1] == port), None)


def _is_moving(sockets: tuple[Socket | None, ...]) -> bool:
    return any(each and (each.state in PASSING or each.unsent) for each in sockets)


def _words(sock: Socket | None, is_open: bool) -> str:
    if not sock:
        return "CLOSED" if is_open else "-"
    nobodys = "not accepted yet" if sock.inode == 0 and sock.state in ("ESTABLISHED", "CLOSE_WAIT") else ""
    unread = f"{sock.unread} bytes unread" if sock.unread else ""
    return ", ".join(filter(None, [sock.state, nobodys, unread]))
