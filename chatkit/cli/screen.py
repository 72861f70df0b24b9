"""A terminal whose last row is being typed in: lines appear above it, and each time it is drawn again, whole.

Every change is one write: erase the row, then the new lines, then the row. Of the screen nothing is
remembered but the cursor's column, so there is nothing that could get out of step.
"""

import os
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from chatkit.cli.editor import Editor
from chatkit.cli.rows import CUT, WRAP, in_rows
from chatkit.cli.writing import write_all

PASTE_ON, PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"  # bracketed paste: what is pasted comes between two marks
_IF_THERE = suppress(OSError, termios.error)  # a terminal that is gone is noticed when it is read
NARROWEST = 20  # columns that must remain for the text, or the name goes


class Screen:
    """Show the line in `editor` after "`name`> " ("`name`< " when its beginning is hidden)."""

    def __init__(self, name: str, editor: Editor) -> None:
        self.name, self.editor = name, editor
        self._input, self._output = sys.stdin.fileno(), sys.stdout.fileno()
        self._before = termios.tcgetattr(self._input)
        self._has_row = False
        self._column = 0  # where the cursor was left

    @contextmanager
    def open(self) -> Iterator[None]:
        """Take every key as it is pressed, unseen, and at the end leave the terminal as it was."""
        try:
            self.resume()
            yield
        finally:
            with _IF_THERE:
                termios.tcflush(self._input, termios.TCIFLUSH)  # the rest of a paste must not go to the shell
            self.suspend()

    def resume(self) -> None:
        """Take the terminal."""
        self._has_row = True
        with _IF_THERE:
            tty.setcbreak(self._input, termios.TCSANOW)
            self._write(PASTE_ON)
        self.show()

    def suspend(self) -> None:
        """Give the terminal back as it was, without the row."""
        self._has_row = False
        self.show()
        with _IF_THERE:
            self._write(PASTE_OFF)
        self.restore()

    def restore(self) -> None:
        """Set the terminal as it was; this waits for nothing, even if the terminal takes no output."""
        with _IF_THERE:
            termios.tcsetattr(self._input, termios.TCSANOW, self._before)

    def show(self, *lines: str) -> None:
        """Add lines above the row that is being typed, and draw that as it is now."""
        with _IF_THERE:
            rows = [row for line in lines for row in in_rows(line, self._width())]
            self._write(self._erase() + CUT + "".join(f"{row}\r\n" for row in rows) + self._row() + WRAP)

    def _width(self) -> int:
        return os.get_terminal_size(self._output).columns or 80

    def _erase(self) -> str:
        # A terminal that was made narrower has wrapped the row; xterm cuts it instead, and then loses a line.
        wrapped = self._column // self._width()
        return (f"\x1b[{wrapped}A" if wrapped else "") + "\r\x1b[J"

    def _row(self) -> str:
        if not self._has_row:
            self._column = 0
            return ""
        name = self.name if self._width() - len(self.name) > NARROWEST else ""
        view = self.editor.view(max(2, self._width() - len(name) - 3))
        self._column = len(name) + 2 + view.cursor
        return f"{name}{'<' if view.scrolled else '>'} {view.text}\r\x1b[{self._column}C"

    def _write(self, text: str) -> None:
        write_all(self._output, text.encode())
