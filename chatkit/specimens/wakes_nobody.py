"""SPECIMEN, broken on purpose: `close` alone wakes no thread in `accept`, and that one is waited for."""

from collections.abc import Callable

from chatkit.engines import Threads
from chatkit.server import ChatServer


class _Threads(Threads):
    def start(self) -> None:
        self.listener.settimeout(None)
        super().start()

    def stop_accepting(self, close: Callable[[], None]) -> None:
        self.listener.close()  # without shutdown, the kernel lets one more come in before anybody wakes
        self._accepting.join()


class WakesNobody(ChatServer):
    """Asked to end, it hangs; the port takes one more visitor, whom nobody serves."""

    engine_types = {"threads": _Threads}


BREAKS = (
    "it_ends_and_frees_its_port",
    "ctrl_c_ends_it",
)
