"""What a notebook needs of a server that was never meant to end: a thread to live in, and an end.

Nothing of this is the specimen's own: run as a process, it does without.
"""

import socket
import threading
from contextlib import suppress
from typing import Self


class Housing:
    """Start and stop a server that has a listening socket, a list of clients, and `serve_forever`."""

    listener: socket.socket
    clients: list[socket.socket]

    @property
    def address(self) -> tuple[str, int]:
        """The host and the port that it listens on."""
        host, port = self.listener.getsockname()[:2]
        return host, port

    def start(self) -> Self:
        """Serve in the background, and return at once."""
        threading.Thread(target=self._live, name="specimen accept", daemon=True).start()
        return self

    def stop(self, timeout: float = 0.0) -> None:
        """Close all it holds: whatever spins on one of its sockets then fails, and ends."""
        for sock in [self.listener, *self.clients]:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def serve_forever(self) -> None:
        """Serve, and never return."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _live(self) -> None:
        with suppress(OSError):  # the listening socket was closed
            self.serve_forever()
