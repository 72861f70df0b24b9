"""kill -9 at random moments under load: the file opens, no line is torn, and all that anybody saw is there.

Forty times; CHATKIT_KILLS=200 makes it two hundred.
"""

import os
import random
import selectors
import signal
import subprocess
import sys
import time
import zlib
from contextlib import ExitStack
from pathlib import Path

import pytest
from program import ENVIRONMENT
from talker import PATIENCE, Talker

from chatkit.engines import ENGINES
from chatkit.history import Archive

KILLS = int(os.environ.get("CHATKIT_KILLS", "40"))
TALKERS = 4
CHANCE = random.Random(38)


@pytest.fixture(scope="module")
def zygote():
    command = [sys.executable, Path(__file__).with_name("zygote.py")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=ENVIRONMENT, **pipes) as process:
        yield process
        process.kill()


class Load:
    """One client: it says numbered lines as fast as it can, and keeps all whole lines that it hears."""

    def __init__(self, address, name):
        self.talker = Talker(address, name)
        self.socket, self.name = self.talker.socket, name
        self.socket.setblocking(False)
        self.said, self.heard, self.unsent = 0, b"", b""

    def speak(self):
        if not self.unsent:
            self.unsent = b"".join(line(self.name, n) for n in range(self.said, self.said + 5))
            self.said += 5
        self.unsent = self.unsent[self.socket.send(self.unsent) :]

    def hear(self):
        """Return whether there may be more."""
        chunk = self.socket.recv(1 << 16)
        self.heard += chunk
        return bool(chunk)

    def lines(self):
        whole = self.heard[: self.heard.rfind(b"\n") + 1].decode().splitlines()
        return [line for line in whole if line.startswith("[")]


def line(name, number):
    words = f"{name} {number} " + "x" * (number % 90)
    return f"{words} {zlib.crc32(words.encode())}\n".encode()


def is_whole(text):
    words, _, check = text.rpartition(" ")
    return str(zlib.crc32(words.encode())) == check


def talk(loads, seconds):
    with selectors.DefaultSelector() as selector:
        for load in loads:
            selector.register(load.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, load)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for key, events in selector.select(0.01):
                if events & selectors.EVENT_READ:
                    key.data.hear()
                if events & selectors.EVENT_WRITE:
                    key.data.speak()


def drain(load):
    """Hear what had been sent when the server was killed."""
    load.socket.settimeout(PATIENCE)
    try:
        while load.hear():
            pass
    except (ConnectionError, TimeoutError):
        pass


@pytest.mark.fault(38)
@pytest.mark.parametrize("number", range(KILLS))
def test_every_line_that_anybody_saw_is_in_the_file(zygote, path, number):
    engine = sorted(ENGINES)[number % len(ENGINES)]
    print(engine, path, file=zygote.stdin, flush=True)
    pid, port = map(int, zygote.stdout.readline().split())
    with ExitStack() as undo:
        try:
            loads = [Load(("127.0.0.1", port), f"n{n}") for n in range(TALKERS)]
            for load in loads:
                undo.callback(load.socket.close)
            talk(loads, CHANCE.uniform(0.0, 0.1))
        finally:
            os.kill(pid, signal.SIGKILL)
        for load in loads:
            drain(load)
    with Archive(path) as archive:
        kept = [(each.name, each.text) for each in archive.lines()]
    assert all(is_whole(text) for _, text in kept)
    for load in loads:
        numbers = [int(text.split()[1]) for name, text in kept if name == load.name]
        assert numbers == list(range(len(numbers))), "a line is missing, doubled or out of order"
    whole = {f"[{name}] {text}" for name, text in kept}
    seen = {line for load in loads for line in load.lines()}
    assert not seen - whole
