"""SPECIMEN, broken on purpose: it asks whether something has come, again and again, and never waits."""

from chatkit.engine import Event
from chatkit.engines import Threads
from chatkit.server import ChatServer


class _Threads(Threads):
    def wait(self, timeout: float) -> list[Event]:
        return super().wait(0)


class BusyWait(ChatServer):
    """All is well, but a core is busy day and night."""

    engine_types = {"threads": _Threads}


BREAKS = (
    "a_quiet_room_rests",
    "a_goodbye_leaves_no_loop_behind",
    "a_reset_leaves_no_loop_behind",
)
