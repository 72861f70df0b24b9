"""A line as the rows of a terminal: what goes on in a further row is indented.

Left to itself, a terminal goes on at its edge. There a text that is long enough could put words which look
like a line of somebody else's. And terminals do not agree on how wide a character is; so while such rows are
written, a terminal is asked not to go on at all: what is wider than we counted ends at its edge.
"""

import os
import re
import sys
from functools import lru_cache
from typing import TextIO

from chatkit.cli.editor import columns
from chatkit.cli.faces import is_dumb, is_terminal

INDENT = "  "
NARROWEST = 8  # columns; there is no reading in fewer
TAB = " " * 4  # a terminal's own is as wide as it likes
CUT, WRAP = "\x1b[?7l", "\x1b[?7h"  # DECAWM: what the terminal does at its edge
_PIECE = re.compile("\x1b\\[[0-9;]*m|.", re.DOTALL)  # a colour, or a character


def as_shown(text: str, stream: TextIO | None) -> str:
    """Return one line as `stream` is to get it: in rows, if it is a terminal that can do more than print."""
    if not stream or not is_terminal(stream) or is_dumb() or sys.platform == "win32":
        return text
    rows = in_rows(text, _width(stream.fileno()))
    return text if rows == [text] and text.isascii() else CUT + "\n".join(rows) + WRAP


def in_rows(line: str, width: int) -> list[str]:
    """Break a line into rows of `width` columns; colours take none."""
    if len(line) <= width and line.isascii() and "\t" not in line:  # as nearly all are
        return [line]
    width = max(width, NARROWEST)
    rows, room = [""], width
    for piece in _PIECE.findall(line.replace("\t", TAB)):
        room -= _columns(piece)
        if room < 0:
            rows.append(INDENT)
            room = width - len(INDENT) - _columns(piece)
        rows[-1] += piece
    return rows


def _width(terminal: int) -> int:
    try:
        return os.get_terminal_size(terminal).columns or 80
    except OSError:  # it is gone
        return 80


@lru_cache(1 << 12)
def _columns(piece: str) -> int:
    return 0 if piece.startswith("\x1b") else columns(piece)
