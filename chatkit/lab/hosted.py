"""A server that is one function: whatever is written as `serve(listener)` makes a room like any other.

It is given a listening socket that remembers whom it has let in, so that the room can end what was never
meant to end: then `accept` raises, and `recv` returns nothing, as if everybody had hung up.
"""

import socket
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Self

Serve = Callable[[socket.socket], object]


class Listener(socket.socket):
    """A listening socket; `let_in` are those it has accepted, while anybody holds them."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(fileno=socket.create_server((host, port)).detach())
        self.let_in: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    def accept(self) -> tuple[socket.socket, Any]:
        client, address = super().accept()
        self.let_in.add(client)
        return client, address


class Hosted:
    """Run `serve` with a socket that listens on `host` and `port`; raise OSError if that cannot be had."""

    def __init__(self, serve: Serve, host: str, port: int) -> None:
        self._serve, self._listener = serve, Listener(host, port)
        self._address: tuple[str, int] = self._listener.getsockname()[:2]

    @property
    def address(self) -> tuple[str, int]:
        """The host and the port that it listens on."""
        return self._address

    @property
    def sockets(self) -> tuple[socket.socket, ...]:
        """The listening socket, and the server's ends of all conversations."""
        return self._listener, *self._listener.let_in

    def start(self) -> Self:
        """Serve in the background, and return at once."""
        threading.Thread(target=self._live, name="serve", daemon=True).start()
        return self

    def stop(self) -> None:
        """Listen no more, and end every conversation, so that whoever waits in one of them goes on."""
        for sock in self.sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _live(self) -> None:
        with suppress(OSError):  # it listens no more
            self._serve(self._listener)


def hosted(serve: Serve) -> Callable[[str, int], Hosted]:
    """Return what `open_room` takes, for a server that is the function `serve(listener)`."""
    return partial(Hosted, serve)
