"""Measure the full-screen chat as a person meets it: `python3 tests/terminal/measure_terminal.py`, 30 s.

The server, a talker and the chat are programs of their own, and the chat sits at a pty of 80 by 24. It says
how long a letter takes from the key to the screen while others talk, and a page while the log is full.
"""

import fcntl
import os
import pty
import statistics
import struct
import sys
import termios
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from program import ENVIRONMENT, Program  # noqa: E402

from chatkit.client import ChatClient  # noqa: E402

RATES = (0, 100, 1000, 5000)  # lines a second
SECONDS = 5.0
LINE = "the quick brown fox jumps over the lazy dog, again and again and again"
LETTERS = "\u0101\u0113\u012b\u014d\u016b\u010d\u0161\u017e\u0109\u011d"  # nobody else uses them
PAGE_UP, PAGE_DOWN, CLEAR = b"\x1b[5~", b"\x1b[6~", b"\x15"


def chatter(host, port, rate, seconds):
    """Say so many lines a second for so long."""
    with ChatClient(host, int(port), "linus") as client:
        client.subscribe(lambda message: None)
        begun, said = time.monotonic(), 0
        while (gone := time.monotonic() - begun) < float(seconds):
            while said < gone * float(rate):
                client.say(f"{said} {LINE}")
                said += 1
            time.sleep(0.01)


class Screen:
    """The chat, at a pty; all that it writes is read at once."""

    def __init__(self, port):
        self.end, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        environment = ENVIRONMENT | {"TERM": "xterm-256color"}
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal)
        words = ("join", "127.0.0.1", port, "ada", "--no-remember")
        self.program = Program(*words, env=environment, start_new_session=True, **streams)
        os.close(terminal)
        self.output, self.changed, self.last = "", threading.Condition(), 0.0
        threading.Thread(target=self._read, daemon=True).start()
        self.wait_for("1 here")

    def _read(self):
        while True:
            try:
                chunk = os.read(self.end, 1 << 16)
            except OSError:
                return
            with self.changed:
                self.output += chunk.decode("utf-8", "replace")
                self.last = time.monotonic()
                self.changed.notify_all()

    def wait_for(self, text):
        """Wait until a text is written; return how many milliseconds that took."""
        begun = time.monotonic()
        with self.changed:
            assert self.changed.wait_for(lambda: text in self.output, 20), f"no {text!r} in 20 seconds"
        return (time.monotonic() - begun) * 1000

    def press(self, keys):
        with self.changed:
            self.output = ""
        os.write(self.end, keys)

    def page(self, key):
        """Turn a page; return how many milliseconds passed until its last byte."""
        begun = time.monotonic()
        self.press(key)
        with self.changed:
            self.changed.wait_for(lambda: len(self.output) > 300, 1)
            while self.changed.wait(0.02):
                pass
        return (self.last - begun) * 1000

    @property
    def memory(self):
        """What the chat holds, in MB."""
        status = Path(f"/proc/{self.program.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def close(self):
        self.program.close()
        os.close(self.end)


def typing(port, rate):
    """Type for a while beside a chatter; print how long the letters took."""
    screen = Screen(port)
    words = ["chatter", "127.0.0.1", port, rate, SECONDS + 2]
    talker = Program(*words, command=[sys.executable, __file__], stdout=None, stderr=None)
    waits, until = [], time.monotonic() + SECONDS
    while time.monotonic() < until:
        letter = LETTERS[len(waits) % len(LETTERS)]
        screen.press((CLEAR if letter == LETTERS[0] else b"") + letter.encode())
        waits.append(screen.wait_for(letter))
        time.sleep(0.05)
    talker.ends(10)
    waits.sort()
    print(
        f"{rate:>5} lines/s: a letter takes {statistics.median(waits):5.1f} ms, 99 of 100 at most "
        f"{waits[int(len(waits) * 0.99)]:5.1f} ({len(waits)} letters; {screen.memory:.0f} MB)"
    )
    return screen


def scrolling(screen):
    """Turn pages in a log that is full; print how long they took."""
    pages = [screen.page(key) for key in [PAGE_UP] * 50 + [PAGE_DOWN] * 50]
    print(f"10,000 lines: a page takes {statistics.median(pages):.1f} ms, the slowest {max(pages):.1f}")


def main():
    server = Program("serve", 0)
    port = int(server.prints_until("listening").split()[-1])
    for rate in RATES:
        screen = typing(port, rate)
        if rate == RATES[-1]:
            scrolling(screen)
        screen.close()
    server.close()


if __name__ == "__main__":
    chatter(*sys.argv[2:]) if sys.argv[1:2] == ["chatter"] else main()
