"""Grade an answer: start the process that examines it, and keep its deadlines.

Whatever the answer does there, here arrives a result in words, in seconds. The process gets a session of its
own and is ended by its own id; its output is read to the end, but only the beginning of it is kept.
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from chatkit.check.interrupting import undivided
from chatkit.check.process import KILL, send_signal
from chatkit.check.words import harmless
from chatkit.exercises.exercise import READING, Exercise, exercise
from chatkit.exercises.result import Result

PACKAGE = Path(__file__).parent.parent.parent
STARTING = 30.0  # seconds in which Python itself must have started
KEPT = 2_000  # bytes of what the answer prints
TURN = 0.1  # seconds
ENVIRONMENT = {
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
    "MALLOC_ARENA_MAX": "2",  # glibc sets 64 MB aside for each thread's memory: the limit is not for that
}

HUNG = "This step never came to its end: is there a loop without an end, or a wait for what never comes?"
GONE = "Your code ended the whole program in the middle of this step: look for os._exit, os.kill or abort."
UNREAD = "Your answer could not be read: {}."

Message = dict[str, Any]


def grade(name: str, file: Path, patience: float = 1.0) -> Result:
    """Examine the answer in `file` to the exercise `name`; `patience` stretches every deadline.

    Raise `NoSuchExercise`.
    """
    asked = exercise(name)
    try:
        file.read_bytes()
    except OSError as error:
        return Result(asked, False, UNREAD.format(error.strerror or "no such file"), [], READING)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return _Grading(asked, file.resolve(), folder, patience).result()


class _Grading:
    """One process, what it has told so far, and how long its present step may still take."""

    def __init__(self, asked: Exercise, file: Path, folder: str, patience: float) -> None:
        self._asked, self._patience = asked, patience
        self._steps: list[str] = []
        self._left = STARTING * patience
        self._read = False
        self._where = self._died = self._blunder = ""
        self._told: queue.Queue[Message | None] = queue.Queue()
        self._printed = bytearray()
        self._file, self._folder = file, folder

    def result(self) -> Result:
        """Follow the process until it has told the end, or a deadline has passed; then end it."""
        with ExitStack() as ending:
            with undivided():
                process = self._start()
                ending.callback(self._end, process)
            threads = [_thread(self._follow, process.stdout), _thread(self._keep, process.stderr)]
            wrong = self._wrong()
        for thread in threads:
            thread.join(1.0)
        return self._judged(wrong)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-b", "-m", "chatkit.exercises.child", self._asked.name, str(self._file)],
            cwd=self._folder,
            env=os.environ | ENVIRONMENT | {"PYTHONPATH": _path()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        send_signal(process.pid, KILL)  # it has not been waited for, so the number is still its own
        process.wait()

    def _wrong(self) -> Message | None:
        """Return what was wrong, None if nothing was."""
        while True:
            began = time.monotonic()
            try:
                message = self._told.get(timeout=TURN)
            except queue.Empty:
                self._left -= min(time.monotonic() - began, 2 * TURN)  # a machine that stalls accuses nobody
                if self._left < 0:
                    return {"wrong": HUNG, "expected": "an end", "got": self._busy()}
                continue
            if message is None:
                return {"wrong": GONE}
            if "passed" in message:
                return None
            if "wrong" in message:
                return message
            self._note(message)

    def _note(self, message: Message) -> None:
        if "step" in message:
            self._steps.append(message["step"])
            self._left, self._where = message["seconds"] * self._patience, ""
        if message.get("anew"):
            self._died = self._blunder = ""
        self._read |= "read" in message
        self._where = message.get("where", self._where)
        self._died = self._died or message.get("died", "")
        if message.get("blunder"):
            self._blunder = self._blunder or message["died"]

    def _busy(self) -> str:
        return f"your code was still busy in {self._where}" if self._where else "it was still busy"

    def _judged(self, wrong: Message | None) -> Result:
        *done, failed = self._steps or [READING]
        if wrong is None:
            return Result(self._asked, True, self._asked.proves, self._steps, read=True)
        words = [wrong["wrong"], wrong.get("expected", ""), wrong.get("got", "")]
        if self._blunder and not wrong.get("knows_why"):  # whatever the room did wrong, this is why
            words[0] = self._blunder
        elif self._died:
            words[2] += ("; and a thread died: " if words[2] else "A thread died: ") + self._died
        sentence, expected, got = map(plain, words)
        printed = plain(self._printed.decode("utf-8", "replace"))
        return Result(self._asked, False, sentence, done, failed, expected, got, printed, self._read)

    def _follow(self, pipe: IO[bytes]) -> None:
        """Pass on what the process tells, and at last that it tells no more."""
        for line in iter(lambda: pipe.readline(1 << 16), b""):
            try:
                self._told.put(dict(json.loads(line)))
            except (ValueError, TypeError):
                continue  # no line of ours
        self._told.put(None)

    def _keep(self, pipe: IO[bytes]) -> None:
        """Read all that is printed, and keep the beginning."""
        while data := pipe.read1(1 << 16):  # type: ignore[attr-defined]
            self._printed += data[: max(0, KEPT - len(self._printed))]


def plain(text: str) -> str:
    """Take out of a text what could act, and what differs from run to run: numbers of ports and objects."""
    text = harmless(text)
    text = re.sub(r"0x[0-9a-fA-F]{6,}", "0x...", text)
    text = re.sub(r"('127\.0\.0\.1', |127\.0\.0\.1:)\d+", r"\1...", text)
    return re.sub(r"fd=\d+", "fd=...", text)


def _thread(work: Any, pipe: IO[bytes] | None) -> threading.Thread:
    thread = threading.Thread(target=work, args=(pipe,), name="chatkit grading", daemon=True)
    thread.start()
    return thread


def _path() -> str:
    return os.pathsep.join(filter(None, [str(PACKAGE), os.environ.get("PYTHONPATH", "")]))
