"""A conversation that outlives its connections: when one is lost, it waits, connects again, and goes on.

One thread owns everything here; what others ask of it, and what its client hears, comes to it through one
queue. What was typed is kept until it was read (`outgoing`); what a failure means is judged in `standing`.
"""

import math
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from chatkit.awake import join
from chatkit.backoff import Backoff
from chatkit.client import ChatClient
from chatkit.courier import Courier, attend
from chatkit.errors import ChatError, ServerGone
from chatkit.messages import Message, Reply
from chatkit.outgoing import Outgoing, leaves
from chatkit.standing import State, Status, Tell, after

SETTLED = 10.0  # seconds after which a conversation counts as a success, and the next wait is short again
LAST_WORDS = 1.0  # seconds that a server has at the end to read what was typed, and then to say goodbye


class Session:
    """Talk in the room at `host` and `port` as `name`, by one connection after another.

    `tell` hears all that happens, on the session's own thread, so it must not wait; a queue's `put` will do.
    Any thread may call the public methods; only `close` waits.
    """

    timeout = 5.0  # seconds; bounds a client's every wait

    def __init__(self, host: str, port: int, name: str, tell: Tell, backoff: Backoff | None = None) -> None:
        self.host, self.port, self.name = host, port, name
        self.outgoing, self.status = Outgoing(), Status("connecting")
        self._tell: Tell = lambda event: None if self._closing else tell(event)
        self._backoff = backoff or Backoff()
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._client: ChatClient | None = None
        self._courier: Courier | None = None  # while it is in the room
        self._company: frozenset[str] = frozenset()  # who was there when the last connection was lost
        self._closing = self._has_last_word = False
        self._here_as, self._joined_at, self._lost_at = "", 0.0, 0.0  # the last time that it was in the room
        self._thread = threading.Thread(target=self._run, name=f"chatkit session {name}", daemon=True)

    @property
    def others(self) -> tuple[str, ...]:
        """Who else is in the room, as far as the server has told."""
        client = self._client
        return client.others if client and self.status.state == "joined" else ()

    @property
    def missing(self) -> frozenset[str]:
        """Who is waited for, for a moment, before what was typed goes out."""
        courier = self._courier
        return courier.missing if courier and self.outgoing.waiting else frozenset()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def enter(self, line: str) -> None:
        """Send a typed line as soon as can be; `/quit` leaves; raise `NotSent` if too many wait already."""
        if leaves(line):  # sent, it would be sent again by each connection that it ends
            return self.leave()
        self.outgoing.put(line)
        self._work.put(self._pour)

    def retry(self) -> None:
        """Try again now."""
        self._work.put(self._try_now)

    def cancel(self) -> None:
        """Do not try again unasked."""
        self._work.put(self._give_up)

    def rename(self, name: str) -> None:
        """Try as somebody else; who is in the room under another name leaves it first."""
        self.name = name  # at once: a try under way comes to nothing
        self._work.put(self._try_now)

    def leave(self) -> None:
        """Leave in good order, without waiting for that; nothing more is told."""
        self._closing = True
        self._work.put(lambda: None)
        if (client := self._client) and client.state in ("connecting", "naming"):
            client.quit(0)  # ends its wait

    def close(self, timeout: float = 2.0) -> None:
        """Leave in good order, within `timeout` seconds."""
        self.leave()
        join([self._thread], timeout)

    def _run(self) -> None:
        while not self._closing:
            if self.status.state == "connecting":
                self._connect()
            else:
                self._take_work(self._deadline())
        self._finish()

    def _finish(self) -> None:
        """Let what was typed be read, if there is somebody to read it, and say goodbye."""
        deadline = time.monotonic() + LAST_WORDS
        while self.status.state == "joined" and self.outgoing.kept and time.monotonic() < deadline:
            self._take_work(deadline)
        self._let_go()

    def _take_work(self, deadline: float) -> None:
        wait = None if deadline == math.inf else max(0.0, deadline - time.monotonic())
        try:
            work = self._work.get(timeout=wait)
        except queue.Empty:
            work = self._time_is_up
        work()

    def _deadline(self) -> float:
        if self._courier:
            return self._courier.due
        return self.status.until if self.status.state == "waiting" else math.inf

    def _time_is_up(self) -> None:
        if self._courier:
            self._courier.time_is_up()
        elif self.status.state == "waiting":
            self._be("connecting")

    def _pour(self) -> None:
        if self._courier:
            self._courier.pour()

    def _connect(self) -> None:
        client = self._client = ChatClient(self.host, self.port, self.name, timeout=self.timeout)
        attend(client, self._work.put, lambda: self._hear_all(client))
        try:
            client.connect()
        except ChatError as error:
            if client.name == self.name:
                return self._fail(str(error), error)
        if client.name != self.name:  # another was chosen meanwhile, and is tried next
            return self._let_go()
        self._here_as, self._joined_at = client.name, time.monotonic()
        self._courier = Courier(client, self.outgoing, self._tell, self._company)
        self._be("joined")

    def _hear_all(self, client: ChatClient) -> None:
        with suppress(TimeoutError):
            while client is self._client and self._courier:  # or it was not let in
                self._hear(client, client.receive(0), self._courier)

    def _hear(self, client: ChatClient, message: Message | None, courier: Courier) -> None:
        if message is None:
            return self._lose(client)
        is_ours = courier.hear(message)
        self._has_last_word = isinstance(message, Reply) and not is_ours
        if not is_ours:
            self._tell(message)

    def _lose(self, client: ChatClient) -> None:
        self._lost_at = time.monotonic()
        if self._lost_at - self._joined_at > SETTLED:
            self._backoff.reset()
        self._company = frozenset(client.others)
        self.outgoing.lose()
        error = client.closed_because or ServerGone("the conversation is over")
        why, says, words = str(error).partition("; it said: ")  # long ago, perhaps, and about something else
        self._fail(why + says + words if self._has_last_word else why, error)

    def _fail(self, why: str, error: ChatError) -> None:
        """Settle what a failure means: wait and try again, or leave it to the person."""
        self._let_go()
        gone_for = time.monotonic() - self._lost_at if self._here_as == self.name else math.inf
        state = after(error, why, gone_for=gone_for)
        until = time.monotonic() + self._backoff.next() if state == "waiting" else 0.0
        self._be(state, why, until)

    def _let_go(self) -> None:
        """Leave in good order, if it is not over already, and see the client's thread end."""
        if self._client and self._client.quit(LAST_WORDS):
            self.outgoing.part()
        self._client = self._courier = None

    def _try_now(self) -> None:
        if self._client and self._client.name != self.name:  # another was chosen just as it joined
            self._let_go()
            self.outgoing.lose()
        if not self._client:
            self._backoff.reset()
            self._be("connecting")

    def _give_up(self) -> None:
        if self.status.state == "waiting":
            self._be("ended", self.status.why)

    def _be(self, state: State, why: str = "", until: float = 0.0) -> None:
        self.status = Status(state, why, until)
        self._tell(self.status)
