"""What a person has typed: a line is kept until the server has shown that it read it.

That TCP took a line proves nothing: it may lie in the memory of a machine whose server is dead. So after the
lines that it sends, a client asks a question that changes nothing, `/help`; the answer shows that all before
it was read, because a server reads in order. What was not read is sent again by the next connection: a line
may then be heard twice, if only the answer was lost, but none is left unread. (An answer that comes after it
was given up, half a minute late, may be taken for the next one.) A server that has not answered yet gets no
second question, but it may have frozen: so what it was sent is kept, too, the newest lines of it. Where
nothing was asked, a line counts as read when it is sent. No socket, no thread, no clock.
"""

import re
from collections import deque

from chatkit.errors import NotSent
from chatkit.messages import Command, decode_client

QUESTION = "/help"
MOST_COMMANDS = 100  # that a server knows; more are a hostile one's
MOST = 1000  # lines that wait at a time; and as many may be unread

_MAYBE = -1  # lines that a question covers: it is a person's own, and the room may not take it
_REFUSAL = "plain ASCII only"  # in the words of a room that answers no other line

_COMMAND = re.compile(r"(?<!/)/([a-z]+)")


def request(line: str) -> str:
    """Return what a typed line asks for, as a server reads it: `help` for `/ help`, nothing for words."""
    message = decode_client(line.encode("utf-8", "replace"))
    return message.request if isinstance(message, Command) else ""


def leaves(line: str) -> bool:
    """Say whether a typed line asks to leave; a blank before it is forgiven."""
    return request(line.strip()) == "quit"


class Outgoing:
    """Hold typed lines, in their order: first those sent and not known to be read, then those that wait."""

    def __init__(self) -> None:
        self.waiting: deque[str] = deque()
        self.unread: deque[str] = deque()
        self.commands: tuple[str, ...] = ()  # those the server knows, as far as it has told
        self.answers = False  # whether this connection's server answers the question
        self.may_answer = False  # whether it was asked
        self._again = 0  # how many of those that wait have been sent before
        self._asked: deque[int] = deque()  # how many lines each question under way covers; below 1: not ours
        self._first_word = ""  # of the answer

    @property
    def kept(self) -> tuple[str, ...]:
        """All lines that the server is not known to have read."""
        return (*self.unread, *self.waiting)

    @property
    def may_send(self) -> bool:
        """Whether a line waits, and there is room for it among those whose answer will come."""
        return bool(self.waiting) and (len(self.unread) < MOST or not self.answers)

    def put(self, line: str) -> None:
        """Take a line that was typed; raise `NotSent` if too many wait already."""
        if len(self.waiting) >= MOST:
            raise NotSent(f"{MOST} lines are waiting to be sent; this one stays with you")
        self.waiting.append(line)

    def connect(self) -> None:
        """Begin with a new connection: nothing is known of its server."""
        self.answers = self.may_answer = False
        self._asked.clear()
        self._first_word = ""

    def sent(self) -> tuple[str, bool]:
        """Note that the first line that waits has been sent; return it, and whether it was sent before."""
        line = self.waiting.popleft()
        if self.answers or self.may_answer:
            self._keep(line)
        again, self._again = self._again > 0, max(0, self._again - 1)
        return line, again

    def drop(self) -> str:
        """Take out the first line that waits, because it can never be sent; return it."""
        self._again = max(0, self._again - 1)
        return self.waiting.popleft()

    def asks(self) -> bool:
        """Say whether the question is to be asked now, and take it for asked."""
        is_under_way = any(covered > 0 for covered in self._asked)
        if is_under_way or not self.unread or not self.answers:
            return False
        self._asked.append(len(self.unread))
        return True

    def asks_again(self) -> None:
        """Give the question up that is under way: it was lost, or the server is too busy for it."""
        self._asked = deque(covered for covered in self._asked if covered <= 0)

    def hear(self, reply: str) -> bool:
        """Take in a server's reply; say whether it answers our own question, which nobody needs to see."""
        if not self._first_word and QUESTION in reply and "/quit" in reply:
            self.answers, self._first_word = True, reply.split()[0]
            self.commands = tuple(_COMMAND.findall(reply)[:MOST_COMMANDS])
            return True
        if _REFUSAL in reply:  # it comes before the answers to what was asked later
            self._asked = deque(covered for covered in self._asked if covered != _MAYBE)
        if not self._asked or reply.split()[:1] != [self._first_word]:
            return False
        covered = self._asked.popleft()
        for _ in range(min(covered, len(self.unread))):
            self.unread.popleft()
        return covered > 0

    def part(self) -> None:
        """Note that the server said goodbye to ours: if it answers nothing, that shows that it read all."""
        if not self.answers:
            self.unread.clear()

    def lose(self) -> int:
        """Note that the connection is lost; return how many lines will be sent again."""
        lost = len(self.unread)
        self.waiting.extendleft(reversed(self.unread))
        self.unread.clear()
        self._again += lost
        return lost

    def _keep(self, line: str) -> None:
        """Keep a line that was sent; of more than `MOST`, an answer being late, the oldest count as read."""
        self.unread.append(line)
        if len(self.unread) > MOST:
            self.unread.popleft()
        asks = request(line)
        if f"/{asks.partition(' ')[0]}" == QUESTION:  # `/help me` is answered, too
            self._asked.append(0 if asks.isascii() else _MAYBE)
