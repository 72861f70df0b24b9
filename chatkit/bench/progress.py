"""How far a run has come: a bar that moves on a terminal, a line for each step elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from chatkit.bench.contestants import Contestant
from chatkit.bench.scenarios import Scenario

WIDTH = 24


class Progress:
    """Told of each step before it is taken; writes to standard error by default."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._moves = self._stream.isatty()
        self._began = time.monotonic()

    def __call__(self, scenario: Scenario, contestant: Contestant, done: int, of: int) -> None:
        """Show what comes next."""
        what = f"{scenario.name}: {contestant.name}"
        if not self._moves:
            print(f"{done + 1} of {of}  {what}", file=self._stream, flush=True)
            return
        full = WIDTH * done // of
        bar = "#" * full + "." * (WIDTH - full)
        line = f"[{bar}] {done}/{of}  {time.monotonic() - self._began:3.0f} s  {what}"
        print(f"\r{line[:78]:78}", end="", file=self._stream, flush=True)

    def end(self) -> None:
        """Leave the terminal as it was."""
        if self._moves:
            print("\r" + " " * 78 + "\r", end="", file=self._stream, flush=True)
