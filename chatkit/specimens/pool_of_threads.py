"""SPECIMEN, broken on purpose: eight threads in a pool serve eight people; the ninth has to wait."""

from concurrent.futures import ThreadPoolExecutor

from chatkit.connection import Connection
from chatkit.engines import Threads
from chatkit.server import ChatServer


class _Threads(Threads):
    def start(self) -> None:
        self._pool = ThreadPoolExecutor(8, "chatkit reader")
        super().start()

    def add(self, connection: Connection) -> None:
        connection.sock.setblocking(True)
        self._pool.submit(self._read_all, connection)  # a member may stay for hours, and keeps its thread
        self.watch(connection)


class PoolOfThreads(ChatServer):
    """The ninth who joins is asked for a name, and then hears nothing."""

    engine_types = {"threads": _Threads}


BREAKS = (
    "ten_people_can_talk",
    "nobody_is_missed_in_a_crowd",
    "bytes_that_are_no_text_harm_nobody",
)
SOMETIMES = (
    "innocents_lose_no_line_while_others_leave",
    "innocents_lose_no_line_while_others_are_reset",
    "the_room_outlives_a_hundred_visitors",
    "visitors_leave_no_sockets_behind",
)
