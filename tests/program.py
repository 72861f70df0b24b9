"""`chatkit` as a real program, in pipes or at a terminal; whatever a test starts is ended by its own id.

The terminal is a pty whose other end is read by `Glass`, a small witness that knows what a terminal does with
the few sequences a line client needs, and fails on any other.
"""

import codecs
import fcntl
import os
import re
import signal
import subprocess
import sys
import termios
import unicodedata
from contextlib import suppress
from pathlib import Path
from select import select
from time import monotonic

from talker import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
WIDE = "\u4dc0\u2630"  # a hexagram, and a trigram: wide since Unicode 16
CHATKIT = [sys.executable, "-m", "chatkit"]
# Another thread takes each signal, so that it ends no call of the main one: as if it had come just before.
UNNOTICED = """import signal, threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
"""
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": str(ROOT),
    "PYTHONFAULTHANDLER": "1",  # a program that is stuck can be made to tell where
    "HOME": "/",
    "LOGNAME": "grace",
    "TERM": "xterm",
    "LANG": "C.UTF-8",
}


def run(*words, said="", **options):
    """Run `chatkit` with these words to its end; return it with `returncode`, `stdout` and `stderr`."""
    options = {"env": ENVIRONMENT, "cwd": "/", "timeout": PATIENCE} | options
    return subprocess.run([*CHATKIT, *map(str, words)], input=said, capture_output=True, text=True, **options)


def wait_until_stuck(descriptor):
    """Wait until for a second no more has come of what nobody reads there: its writer is stuck."""
    unread, since = -1, monotonic()
    while monotonic() < since + 1.0:
        select([], [], [], 0.02)
        if (now := fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4))) != unread:
            unread, since = now, monotonic()


class Program:
    """A program that is running; its output is read line by line, with a deadline."""

    def __init__(self, *words, command=CHATKIT, **options):
        options = {"env": ENVIRONMENT, "cwd": "/", "stdin": subprocess.DEVNULL} | options
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        self.process = subprocess.Popen([*command, *map(str, words)], **pipes)
        self.pid = self.process.pid
        self._read = {}

    def next_line(self, stream="stdout"):
        """Return the next line of the stream; what there is without a newline, at its end."""
        descriptor = getattr(self.process, stream).fileno()
        text = self._read.get(stream, b"")
        deadline = monotonic() + PATIENCE
        while b"\n" not in text:
            ready, _, _ = select([descriptor], [], [], max(0, deadline - monotonic()))
            assert ready, f"no more lines came, but {text!r}"
            chunk = os.read(descriptor, 1 << 16)
            if not chunk:
                break
            text += chunk
        line, _, self._read[stream] = text.partition(b"\n")
        return line.decode()

    def prints(self, *expected):
        """Read exactly these lines next."""
        for line in expected:
            assert self.next_line() == line

    def prints_until(self, words):
        """Read lines until one contains `words`; return that one."""
        while words not in (line := self.next_line()):
            assert line, f"the output ended before {words!r}"
        return line

    def signal(self, number):
        self.process.send_signal(number)

    def ends(self, timeout=PATIENCE):
        """Wait for its end; return its exit status and all that is left of its output and errors."""
        rest = [self._rest(stream) for stream in ("stdout", "stderr")]
        return self.process.wait(timeout), *rest

    def _rest(self, stream):
        lines = []
        if getattr(self.process, stream) and not getattr(self.process, stream).closed:
            while line := self.next_line(stream):
                lines.append(line)
        return lines

    def close(self):
        """End it, in whatever state it is."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


class Glass:
    """What a terminal of a certain width shows; `rows` has every row since the beginning."""

    SEQUENCE = re.compile(r"\x1b\[(\??[\d;]*)([A-Za-z])")

    def __init__(self, width):
        self.width = width
        self.rows = [""]
        self.row = self.column = 0
        self.pastes = False
        self.wraps = True
        self.painted = set()
        self._rest = ""

    def feed(self, text):
        text, self._rest = self._rest + text, ""
        while text:
            match = self.SEQUENCE.match(text)
            if match:
                self._obey(match[2], match[1])
            elif re.fullmatch(r"\x1b(\[[\d;?]*)?", text):
                self._rest, text = text, ""
                return
            else:
                self._show(text[0])
            text = text[match.end() if match else 1 :]

    @property
    def bottom(self):
        """The row that the cursor is in."""
        return self.rows[self.row].rstrip()

    @property
    def above(self):
        """The rows above it, as one text."""
        return [row.rstrip() for row in self.rows[: self.row]]

    def _obey(self, letter, number):
        if letter == "A":
            self.row = max(0, self.row - int(number or 1))
        elif letter == "C":
            self.column += int(number or 1)
        elif letter == "J" and not number:
            self.rows[self.row] = self._left()
            del self.rows[self.row + 1 :]
        elif letter == "m":
            self.painted.add(number)
        elif number == "?2004":
            self.pastes = letter == "h"
        elif number == "?7":
            self.wraps = letter == "h"
        else:
            raise AssertionError(f"a sequence that was not expected: ESC [ {number} {letter}")

    def _show(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self._down()
        else:
            assert character.isprintable() or character in "\t\u0600", f"{character!r} reached the terminal"
            self._put(character)

    def _put(self, character):
        width = _width(character)
        if self.column + width > self.width:
            self.column = 0 if self.wraps else self.width - width
            self._down() if self.wraps else None
        text = self._left()
        self.rows[self.row] = text + character + self.rows[self.row][len(text) + 1 :]
        self.column += width

    def _left(self):
        """What stands in this row to the left of the cursor."""
        text, columns = "", 0
        for character in self.rows[self.row].ljust(self.column):
            if columns >= self.column:
                break
            text += character
            columns += _width(character)
        return text

    def _down(self):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append("")


def _width(character):
    return 2 if unicodedata.east_asian_width(character) in "WF" or character in WIDE else 1


class Person(Program):
    """Somebody who runs `chatkit` at a terminal of so many columns, and looks at it."""

    # Opening the terminal makes it the controlling one of the new session, so Ctrl-C and Ctrl-Z are signals.
    AT_TERMINAL = 'exec "$@" <"$0" >"$0" 2>"$0"'

    def __init__(self, *words, columns=80, shell=AT_TERMINAL, **environment):
        self.terminal, self._theirs = os.openpty()
        self.glass = Glass(columns)
        self._decoder = codecs.getincrementaldecoder("utf-8")()  # a read may end within a character
        self.resize(columns)
        self.before = self.settings()
        super().__init__(
            *words,
            command=["sh", "-c", shell, os.ttyname(self._theirs), *CHATKIT],
            env=ENVIRONMENT | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def settings(self):
        """Return how the terminal is set: `termios.tcgetattr`."""
        return termios.tcgetattr(self._theirs)

    def resize(self, columns):
        self.glass.width = columns
        termios.tcsetwinsize(self.terminal, (24, columns))

    def types(self, text):
        os.write(self.terminal, text.encode())

    def answers(self, question, answer):
        self.sees(question)
        self.types(f"{answer}\n")

    def sees(self, bottom, *above):
        """Look until the cursor's row is `bottom`, and these rows are the last ones above it."""
        self.looks_until(
            lambda: self.glass.bottom == bottom and (not above or self.glass.above[-len(above) :] == [*above])
        )

    def looks_until(self, condition):
        deadline = monotonic() + PATIENCE
        while not condition():
            rows = "\n".join([*self.glass.above, self.glass.bottom])
            if monotonic() >= deadline:
                raise AssertionError(
                    f"after {PATIENCE:g} seconds the terminal shows:\n{rows}\n{self._stack()}"
                )
            self._look()

    def leaves(self):
        """Look until the program has ended; return its exit status."""
        self.looks_until(lambda: self.process.poll() is not None)
        while self._look():
            pass
        return self.process.returncode

    def close(self):
        super().close()
        os.close(self.terminal)
        os.close(self._theirs)

    def _stack(self):
        """Where the program in the foreground stands, if there is one; it ends of that."""
        seen = b""
        with suppress(OSError):  # it is over
            if group := os.tcgetpgrp(self.terminal):  # 0 would be our own
                os.killpg(group, signal.SIGABRT)
            while select([self.terminal], [], [], 1.0)[0]:
                seen += os.read(self.terminal, 1 << 16)
        return seen.decode(errors="replace")

    def _look(self):
        ready, _, _ = select([self.terminal], [], [], 0.05)
        if ready:
            self.glass.feed(self._decoder.decode(os.read(self.terminal, 1 << 16)))
        return ready
