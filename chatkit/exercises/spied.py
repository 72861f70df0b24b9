"""Sockets that know what each call needs, and say in a sentence what was called too early or too late.

They are real ones, with a short patience, so nothing waits for ever; each says what the system would do.
"""

from __future__ import annotations

import socket
from typing import Any

from chatkit.exercises.exam import Wrong

PATIENCE = 3.0  # seconds; a first packet that is lost is sent again after one (RFC 6298, section 2)

TOO_LATE = "{1} was called after {0}.close(): a closed socket can do nothing more."
REFUSED = "connect was called while nobody listened: such a call is refused."
ALONE = "accept was called before anybody had called: it waits, and nobody can call while it waits."
NO_BYTES = "recv was called before anybody had sent anything: it waits, and nobody can send while it waits."


class Spied(socket.socket):
    """A TCP socket called `name` that remembers how far it has come."""

    def __init__(self, name: str, fileno: int | None = None) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_STREAM, fileno=fileno)
        self.name, self.known_as = name, ("127.0.0.1", 0)
        self.bound = self.listening = self.connected = False
        self.received = b""
        self.guest: Spied | None = None  # what accept has made
        self.settimeout(PATIENCE)

    def bind(self, address: Any) -> None:
        self._is_open("bind")
        self._needs(not self.bound, "bind was called twice.")
        super().bind(address)
        self.bound, self.known_as = True, self.getsockname()

    def listen(self, *backlog: int) -> None:
        self._is_open("listen")
        self._needs(self.bound, "listen was called before bind: on which address should it listen?")
        super().listen(*backlog)
        self.listening = True

    def connect(self, address: Any) -> None:
        self._is_open("connect")
        try:
            super().connect(address)
        except OSError:
            raise Wrong(REFUSED, "a listener", "Connection refused") from None
        self.connected = True

    def accept(self) -> tuple[Spied, Any]:
        self._is_open("accept")
        self._needs(self.listening, "accept was called before listen: nobody can call yet.")
        try:
            number, address = self._accept()  # type: ignore[attr-defined]
        except TimeoutError:
            raise Wrong(ALONE, "a caller", "nobody") from None
        self.guest = Spied("server", number)
        self.guest.connected = True
        return self.guest, address

    def sendall(self, data: Any, *flags: int) -> None:
        self._is_open("sendall")
        self._needs(self.connected, "sendall was called before connect: there is nobody to send to.")
        super().sendall(data, *flags)

    def recv(self, size: int, *flags: int) -> bytes:
        self._is_open("recv")
        self._needs(self.connected, "recv was called before connect: there is nobody to hear.")
        try:
            data = super().recv(size, *flags)
        except TimeoutError:
            raise Wrong(NO_BYTES, "bytes", "nothing") from None
        self.received += data
        return data

    def _is_open(self, call: str) -> None:
        if self.fileno() == -1:
            raise Wrong(TOO_LATE.format(self.name, call))

    def _needs(self, truth: bool, sentence: str) -> None:
        if not truth:
            raise Wrong(sentence)
