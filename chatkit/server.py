"""The chat server: it listens, has one thread decide, and gives back all it holds when it stops.

Threads that only wait hand over what came (`engines`); the switchboard thread decides and sends
(`switchboard`). Nothing prints; who comes and goes is logged to the logger `chatkit.server`.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Self

from chatkit import running
from chatkit.awake import join
from chatkit.connection import Connection
from chatkit.consent import Consent
from chatkit.delivery import log
from chatkit.door import Door
from chatkit.engine import Engine
from chatkit.engines import ENGINES
from chatkit.heir import Heir
from chatkit.latch import Latch
from chatkit.limits import Limits
from chatkit.listener import Listener
from chatkit.memory import Memory
from chatkit.recording import Recorder
from chatkit.room import Room
from chatkit.switchboard import Switchboard

HOST, PORT = "127.0.0.1", 55555
GRACE = 10.0  # seconds in which `stop` waits for the end of what has no more to say


class ChatServer(Switchboard):
    """Serve one chat room on `host` and `port` (0: any free one), by the engine `threads` or `selectors`.

    With `ascii_only`, lines that are not plain ASCII are refused. With a `history`, what is said is kept
    in it before anybody hears it. Used with `with`, it starts and stops.
    """

    room_type: type[Room] = Room  # a subclass may bring parts of its own
    engine_types: Mapping[str, type[Engine]] = ENGINES

    def __init__(
        self,
        host: str = HOST,
        port: int = PORT,
        *,
        engine: str = "threads",
        ascii_only: bool = False,
        limits: Limits | None = None,
        history: Recorder | None = None,
    ) -> None:
        if engine not in self.engine_types:
            raise ValueError(f"there is no engine {engine!r}; there are: {', '.join(self.engine_types)}")
        super().__init__(self.room_type(ascii_only=ascii_only), limits or Limits())
        self.host, self.port, self.engine, self.history = host, port, engine, history
        self._stopping, self._ended = False, Latch()
        self._changing = threading.RLock()  # guards a start and a stop; a signal may come within one
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> tuple[str, int]:
        """The host and the port that it listens on, once it has started."""
        return self._listener.address

    def start(self) -> Self:
        """Listen, serve in the background, and return at once; raise `CannotListen` if that is impossible."""
        with self._changing, ExitStack() as undo:  # what fails half-way leaves nothing behind
            if self._thread and self._thread.is_alive():
                raise RuntimeError("this server is running already; stop it first")
            self._listener = Listener(self.host, self.port)
            undo.callback(self._listener.close)
            self._open_memory(undo)
            self._engine = self.engine_types[self.engine](self._listener.socket, self._accept)
            undo.callback(self._engine.stop, 1.0)
            self._door = Door(self.limits, self._engine.max_clients)
            self._engine.start()
            self._begin(undo)
        running.begins(self)
        log.info("listening on %s port %d", *self.address)
        return self

    def serve_forever(self) -> None:
        """Serve until another thread calls `stop`."""
        if not self._thread:
            self.start()
        while not self._ended.wait(1.0):  # not join: a join that Ctrl-C interrupts takes the thread for ended
            pass

    def stop(self, timeout: float = 2.0) -> None:
        """Tell all, send what is queued within `timeout` seconds, give all back; return within 11 s more."""
        with self._changing:
            if not (thread := self._thread):
                return
            self._stop_by, ended = time.monotonic() + timeout, self._ended
            self._stopping = True
            self._engine.ring()
        if thread is threading.current_thread():  # a hook asks for it: this round is the last
            return
        ended.wait(timeout + GRACE)
        join([thread], 1.0)
        with self._changing:
            if self._thread is thread and not thread.is_alive():  # or it has been started again meanwhile
                self._thread = None
                running.has_ended(self)

    def let_go(self) -> None:
        """In a forked child: close this process's copies of the sockets; the parent goes on serving."""
        self._listener.let_go()
        self._engine.let_go()
        self._begin_anew()
        self._changing = threading.RLock()  # whoever held the other is not in this process
        self._thread = None

    def __enter__(self) -> Self:
        return self if self._thread else self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _begin(self, undo: ExitStack) -> None:
        """Start the thread that serves, and from then on is the one to give back what `undo` would."""
        self._stopping, self._ended = False, Latch()
        thread = Heir(self._run, "chatkit switchboard")
        try:
            thread.start()
            self._thread = thread
            undo.pop_all()
        except BaseException:  # Ctrl-C, or there are no more threads
            if not thread.call_off():
                self._thread = thread
                undo.pop_all()
                self.stop()
            raise

    def _open_memory(self, undo: ExitStack) -> None:
        self._memory = Memory(self.history)
        if self.history:
            self.history.open()
            undo.callback(self.history.close)
            self.room.consent = Consent(self.history.asks, self.history.choices())

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._round()
            self._close_down()
        finally:
            self._give_back()

    def _close_down(self) -> None:
        self._door.shut = True
        self._engine.stop_accepting(self._listener.close)
        self._engine.ring()
        self._round()  # whoever came at the last moment is turned away
        self.room = self.room_type(ascii_only=self.room.ascii_only)  # nobody needs to hear who leaves now
        self._end_all(lambda each: self._dismiss(each, "", "the server is stopping; goodbye"), self._stop_by)
        self._end_all(lambda each: self._cut(each, "server stopped"), time.monotonic() + 1.0)

    def _give_back(self) -> None:
        """Give back all that it holds; where it ends by a bug, too, nobody is left waiting."""
        try:
            self._listener.close()
            for connection in self._connections:
                connection.abort("server failed")
            self._engine.stop(timeout=3.0)
            self._listener.let_go()  # of whoever is still there
            if self.history:
                self.history.close()
            self._begin_anew()
            log.info("stopped")
        finally:
            self._ended.open()

    def _begin_anew(self) -> None:
        super().__init__(self.room_type(ascii_only=self.room.ascii_only), self.limits)

    def _end_all(self, end: Callable[[Connection], None], deadline: float) -> None:
        for connection in list(self._connections):
            self._guard(end, connection, connection)
        self._give_out()
        while self._connections and time.monotonic() < deadline:
            self._round()
