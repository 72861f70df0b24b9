"""SPECIMEN, broken on purpose: asked to end, it first waits until everybody has left."""

import time

from chatkit.server import ChatServer


class WaitsForTheLast(ChatServer):
    """Ctrl-C does nothing as long as anybody is there."""

    def stop(self, timeout: float = 2.0) -> None:
        while self.names:
            time.sleep(0.05)
        super().stop(timeout)


BREAKS = (
    "it_ends_and_frees_its_port",
    "ctrl_c_ends_it",
)
