"""What a notebook needs of a server that was never meant to end: a thread to live in, and an end.

Nothing of this is the specimen's own: run as a process, it does without.
"""

import socket
import threading
from contextlib import suppress
from typing import Self

from chatkit.awake import waits


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

    def stop(self, timeout: float = 1.0) -> None:
        """Close all it holds: whatever spins on one of its sockets then fails, and ends; wait for that.

        The next socket gets the number of one that was closed: a thread that was just about to read from
        the old one would take words out of the next room.
        """
        for sock in [self.listener, *self.clients]:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for left in waits(timeout):
            if not (threads := self._threads()):
                break
            with suppress(RuntimeError):  # it is only just being started
                threads[0].join(left)

    def serve_forever(self) -> None:
        """Serve, and never return."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _threads(self) -> list[threading.Thread]:
        """Return the other threads that run one of its methods; Thread has no public word for that."""
        others = set(threading.enumerate()) - {threading.current_thread()}
        return [each for each in others if getattr(getattr(each, "_target", 0), "__self__", 0) is self]

    def _live(self) -> None:
        with suppress(OSError):  # the listening socket was closed
            self.serve_forever()
