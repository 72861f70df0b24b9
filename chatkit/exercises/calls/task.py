"""Put the nine calls in order: both ends connect, talk and end, and then the next call is refused."""

import socket

from chatkit.exercises.exam import Exam
from chatkit.exercises.spied import PATIENCE, Spied

LESSON = 1
PROVES = (
    "You know the order: a listener first, then the call, then bytes, and a closed door refuses the next."
)

OPEN = "{} is still open at the end: a close is missing."
UNSAID = "The server's end never got the line: recv has not brought it."
NOT_REFUSED = "After the talk somebody else could still get through: listener.close() is missing."


def check(exam: Exam) -> None:
    """Examine talk: it gets a listener and a client, both new."""
    talk = exam.wants_function("talk")
    listener, client = Spied("listener"), Spied("client")
    exam.step("listener and client go through your nine lines")
    talk(listener, client)

    exam.step("the server's end has got the line")
    exam.demand(
        listener.guest is not None, "accept has never been called, so the server has no end of its own."
    )
    got = listener.guest.received if listener.guest else b""
    exam.demand(bool(got), UNSAID, "a line", "nothing")
    exam.step("nobody else can call any more: the refused case")
    address = listener.known_as
    exam.demand(listener.fileno() == -1 and _is_refused(address), NOT_REFUSED, "refused", "a connection")
    exam.step("both ends are closed")
    exam.demand(client.fileno() == -1, OPEN.format("client"))
    exam.demand(listener.guest is None or listener.guest.fileno() == -1, OPEN.format("server"))


def _is_refused(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, PATIENCE).close()
    except OSError:
        return True
    return False
