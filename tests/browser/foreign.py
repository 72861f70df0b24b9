"""A server of somebody else's, whose people have markup for a name; each kind of line has it in it."""

import contextlib
import socket
import threading
from collections.abc import Iterator

from talker import PATIENCE

NAME = "<img/src=x/onerror=hacked=1>"
LINES = [
    "Name?",
    f"* The room contains: {NAME}",
    f"[{NAME}] {NAME}",
    f"* {NAME} has entered the room",
    f"! {NAME}",
    f"~ {NAME} [{NAME}] {NAME}",
    "[b] end",
]


@contextlib.contextmanager
def foreign_server() -> Iterator[int]:
    """Serve one guest, on the port that this yields, until it leaves."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        thread = threading.Thread(target=_welcome, args=(listener,))
        thread.start()
        yield listener.getsockname()[1]
        thread.join(PATIENCE)


def _welcome(listener: socket.socket) -> None:
    guest, _ = listener.accept()
    guest.sendall("".join(f"{line}\n" for line in LINES).encode())
    with guest, guest.makefile() as lines:
        lines.read()  # until it leaves
