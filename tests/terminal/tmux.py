"""Real terminals for tests: windows of a tmux server of their own, typed into and read as a person would."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from program import ENVIRONMENT
from talker import PATIENCE


class Terminals:
    """A tmux server with its own socket and no configuration; it ends with everything that runs in it."""

    def __init__(self):
        self.folder = Path(
            tempfile.mkdtemp(prefix="ck", dir="/tmp")
        )  # short: a Unix socket's path is bounded
        self.environment = ENVIRONMENT | {"TERM": "xterm-256color", "XDG_CONFIG_HOME": str(self.folder)}
        self.environment["TMUX_TMPDIR"] = str(self.folder)

    def tmux(self, *words):
        done = subprocess.run(
            ["tmux", "-L", "ck", "-f", os.devnull, *map(str, words)],
            env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        return done.stdout

    def open(self, name, *command, size=(80, 24)):
        """Run a command in a window of its own, and return that."""
        width, height = size
        self.tmux("new-session", "-d", "-s", name, "-x", width, "-y", height, *command)
        return Window(self, name)

    def close(self):
        self.tmux("kill-server")
        shutil.rmtree(self.folder)


class Window:
    """One terminal."""

    def __init__(self, terminals, name):
        self.terminals, self.name = terminals, name

    def types(self, text, *keys):
        """Type a text, and press keys by the names that tmux has for them."""
        if text:
            self.terminals.tmux("send-keys", "-t", self.name, "-l", text)
        for key in keys:
            self.terminals.tmux("send-keys", "-t", self.name, key)

    def enters(self, *lines):
        for line in lines:
            self.types(line, "Enter")

    @property
    def screen(self):
        return self.terminals.tmux("capture-pane", "-p", "-t", self.name)

    @property
    def cursor(self):
        """The column and the row of the cursor."""
        place = self.terminals.tmux("display", "-p", "-t", self.name, "#{cursor_x} #{cursor_y}")
        return tuple(map(int, place.split()))

    def resize(self, width, height):
        self.terminals.tmux("resize-window", "-t", self.name, "-x", width, "-y", height)

    def sees(self, *texts):
        """All these texts are soon on the screen."""
        deadline = time.monotonic() + PATIENCE
        while not all(text in (screen := self.screen) for text in texts):
            assert time.monotonic() < deadline, f"{texts} are not all there:\n{screen}"
            time.sleep(0.02)  # nothing tells that a screen has changed
        return screen
