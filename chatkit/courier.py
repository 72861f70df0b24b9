"""Carry what a person types to one server, by one client, as soon as it may go, and have it confirmed.

A courier belongs to one connection and to the thread that made it. First of all it finds out whether the
server answers questions at all (see `outgoing`); to servers of other kinds, `/help` might be words to relay.
"""

import math
import time
from collections.abc import Callable

from chatkit.client import ChatClient
from chatkit.errors import ChatError, NotSent
from chatkit.messages import Message, Prompt, Reply
from chatkit.outgoing import QUESTION, Outgoing
from chatkit.room import GREETING
from chatkit.standing import Event, NotTaken, Sent

PATIENCE = 2.0  # seconds that a server has to answer the first question


class Courier:
    """Send the lines of `outgoing` through `client`, which has joined; `tell` hears of each."""

    def __init__(self, client: ChatClient, outgoing: Outgoing, tell: Callable[[Event], object]) -> None:
        self.client, self.outgoing = client, outgoing
        self.waits_until = math.inf  # when it stops waiting for the first answer, by the monotonic clock
        self._tell = tell
        self._may_go = False
        outgoing.connect()

    def hear(self, message: Message) -> bool:
        """Take in what the server says; say whether it is between us alone, and nobody needs to see it."""
        if isinstance(message, Prompt):
            self._greeted(message.text)
        is_answer = isinstance(message, Reply) and self.outgoing.hear(message.text)
        if is_answer:
            self.go()
        return is_answer

    def go(self) -> None:
        """Begin to send, whether or not the server has answered."""
        self._may_go, self.waits_until = True, math.inf
        self.pour()

    def pour(self) -> None:
        """Send what may go now."""
        while self._may_go and self.outgoing.may_send:
            if self._send(self.outgoing.waiting[0]):
                self._tell(Sent(*self.outgoing.sent()))
            elif self.client.state != "joined":
                return  # its end is on the way, behind what was heard before
        if self.outgoing.asks():
            self._send(QUESTION)

    def _greeted(self, words: str) -> None:
        if words != GREETING:
            return self.go()
        self.waits_until = time.monotonic() + PATIENCE
        self._send(QUESTION)

    def _send(self, line: str) -> bool:
        try:
            self.client.enter(line)
        except NotSent as error:
            if self.client.state == "joined":
                self._tell(NotTaken(self.outgoing.drop(), str(error)))
        except ChatError:
            return False
        else:
            return True
        return False
