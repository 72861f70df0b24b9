"""Mend serve: a caller who says nothing must not keep the others waiting: give each a thread."""

import ast
import socket
import threading

from chatkit.exercises.exam import ROOM_STEP, Exam
from chatkit.exercises.guests import Caller

LESSON = 3
PROVES = "Each caller has a thread of its own: one may be silent for ever, and nobody else has to wait."

WAITS = "While ada says nothing, grace waits: your server is still waiting for ada."
OVER = "serve has come to its end: without a loop around accept, nobody new is let in."
CALLED = (
    "You call the function yourself: Thread(target=answer(client)) runs it first. Give target and args apart."
)
JOINED = "You start a thread and then wait for its end with join: that is as slow as no thread at all."
RAN = "You call run(), which does the work here and now; start() is what begins a thread."
WRONG_ECHO = "Grace is answered, but not with what she said."
ONCE = "Grace is answered once, and never again: her thread needs a loop."
ASTRAY = "After linus had come, grace's answer went astray: do your threads share one variable?"
CLOSED = "serve closes a socket that the new thread still needs: close it there, after the loop."
LATE = "Ada has thought about it, and now nobody listens to her."
ENDED = "Grace has left, and linus is not answered any more."


def check(exam: Exam) -> None:
    """Examine serve: ada is silent, while grace and linus come, talk and go."""
    serve = exam.wants_function("serve")
    listener = socket.create_server(("127.0.0.1", 0))
    server = threading.Thread(target=serve, args=(listener,), daemon=True)
    server.start()
    exam.usual = ROOM_STEP  # the answer has a thread of its own, and each caller a deadline

    exam.step("ada calls, and says nothing")
    ada = Caller(listener.getsockname())
    exam.step("grace calls and says hello, and is answered")
    grace = Caller(listener.getsockname())
    got = grace.gets(b"hello\n")
    exam.demand(bool(got), _why(exam, server), r"b'hello\n'", "nothing")
    exam.demand(got == b"hello\n", WRONG_ECHO, r"b'hello\n'", f"{got!r:.60}")
    exam.step("grace says a second line, and is answered")
    _is_answered(exam, grace, b"are you still there?\n", ONCE)

    exam.step("linus calls, and is answered")
    linus = Caller(listener.getsockname())
    _is_answered(exam, linus, b"hello from linus\n", ASTRAY)
    exam.step("grace says one more line, and the answer comes to her")
    _is_answered(exam, grace, b"and I am here\n", ASTRAY)
    exam.step("grace leaves, and linus is answered")
    grace.socket.close()
    _is_answered(exam, linus, b"was that grace?\n", ENDED)
    exam.step("ada says her first line, and is answered")
    _is_answered(exam, ada, b"so much to think about\n", LATE)


def _is_answered(exam: Exam, caller: Caller, line: bytes, sentence: str) -> None:
    got = caller.gets(line)
    if got != line and _closed_too_early(exam):
        sentence = CLOSED
    exam.demand(got == line, sentence, f"{line!r}", f"{got!r:.60}" if got else "nothing")


def _why(exam: Exam, server: threading.Thread) -> str:
    """Say why the server does not accept the second caller: its thread shows where it waits."""
    if not server.is_alive():
        return OVER
    if _closed_too_early(exam):
        return CLOSED
    where = exam.stack(server)
    if "join" in where:
        return JOINED
    if where.count("run") > 1:
        return RAN
    return CALLED if _calls_its_target(exam.source) else WAITS


def _closed_too_early(exam: Exam) -> bool:
    """Say whether a thread has died of a socket that was closed; it may still be about to."""
    return exam.soon(lambda: any("Bad file descriptor" in words for words in exam.deaths), within=0.5)


def _calls_its_target(source: str) -> bool:
    keywords = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.keyword)]
    return any(node.arg == "target" and isinstance(node.value, ast.Call) for node in keywords)
