"""Carry what a person types to one server, by one client, as soon as it may go, and have it confirmed.

A courier belongs to one connection and to the thread that made it. First of all it finds out whether the
server answers questions at all (see `outgoing`); to servers of other kinds, `/help` might be words to relay.
To another machine it goes slower than a server would complain of. After a lost connection it waits a moment
for those who were there: they were cut off at the same time, and miss what is said before they are back.
"""

import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from chatkit.client import ChatClient
from chatkit.door import is_loopback
from chatkit.errors import ChatError, TooLong
from chatkit.messages import Joined, Message, Prompt, Reply
from chatkit.outgoing import QUESTION, Outgoing
from chatkit.pace import Pace
from chatkit.room import GREETING
from chatkit.standing import NotTaken, Sent, Tell

PATIENCE = 2.0  # seconds that a server has to answer the first question
LATE = 30.0  # seconds after which a question that was not answered is asked again
REUNION = 3.0  # seconds that the others have to come back
RATE, BURST = 10, 50  # lines a second, and at once before that counts: half of what a server takes


class Courier:
    """Send the lines of `outgoing` through `client`, which has joined; `tell` hears of each.

    `expected` are those who were there before.
    """

    def __init__(
        self,
        client: ChatClient,
        outgoing: Outgoing,
        tell: Tell,
        expected: frozenset[str] = frozenset(),
    ) -> None:
        self.client, self.outgoing, self.expected = client, outgoing, expected
        self._reunion_by = time.monotonic() + REUNION
        self._tell = tell
        self._go_at = self._late_at = math.inf  # when the next line may go, and when an answer is overdue
        self._is_settled = False  # it is known whether the server answers
        self._pace = None if _is_near(client.host) else Pace(RATE, BURST, time.monotonic())
        outgoing.connect()

    @property
    def missing(self) -> frozenset[str]:
        """Who is still waited for."""
        is_over = time.monotonic() >= self._reunion_by
        return frozenset() if is_over else self.expected - frozenset(self.client.others)

    @property
    def due(self) -> float:
        """When `time_is_up`, by the monotonic clock."""
        return min(self._go_at, self._late_at)

    def hear(self, message: Message) -> bool:
        """Take in what the server says; say whether it is between us alone, and nobody needs to see it."""
        if isinstance(message, Prompt):
            self._greeted(message.text)
        is_answer = isinstance(message, Reply) and self.outgoing.hear(message.text)
        if is_answer:
            self._late_at = math.inf
            self._go()
        if isinstance(message, Joined) and self._is_settled:
            self.pour()
        return is_answer

    def time_is_up(self) -> None:
        """Go on without the answer that did not come, or now that the next line may go."""
        if time.monotonic() >= self._late_at:
            self._late_at = math.inf
            self.outgoing.asks_again()
        self._go()

    def pour(self) -> None:
        """Send what may go now."""
        if self._is_settled and self.missing:
            self._go_at = self._reunion_by
            return
        while self._is_settled and self.outgoing.may_send:
            if self._pace and not self._pace.allow(1, time.monotonic()):
                self._go_at = time.monotonic() + 1 / RATE
                return
            if not self._send():
                return
        if self.outgoing.asks():
            self._late_at = time.monotonic() + LATE
            self._ask()

    def _go(self) -> None:
        self._is_settled, self._go_at = True, math.inf
        self.pour()

    def _greeted(self, words: str) -> None:
        if words != GREETING:
            return self._go()
        self._go_at, self.outgoing.may_answer = time.monotonic() + PATIENCE, True
        self._ask()

    def _ask(self) -> None:
        with suppress(ChatError):  # its end is on the way, behind what was heard before
            self.client.enter(QUESTION)

    def _send(self) -> bool:
        """Send the first line that waits; say whether it is dealt with, and the next one may go."""
        try:
            self.client.enter(self.outgoing.waiting[0])
        except TooLong as error:
            self._tell(NotTaken(self.outgoing.drop(), str(error)))
        except ChatError:
            return False  # its end is on the way, or it is leaving: the line stays
        else:
            self._tell(Sent(*self.outgoing.sent()))
        return True


def attend(client: ChatClient, put: Callable[[Callable[[], None]], None], work: Callable[[], None]) -> None:
    """Have `work` put into a queue when there is something to receive: once for all that has come."""
    rung = threading.Event()

    def take() -> None:
        rung.clear()
        work()

    def ring() -> None:
        if not rung.is_set():
            rung.set()
            put(take)

    client.watch(ring)


def _is_near(host: str) -> bool:
    """Say whether a host is this machine, from where a server takes lines at any pace."""
    try:
        return is_loopback(host)
    except ValueError:
        return host == "localhost"
