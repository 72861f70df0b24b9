"""A line as the rows of a terminal: what goes on in a further row is indented.

Left to itself, a terminal goes on at its edge. There a text that is long enough could put words which look
like a line of somebody else's.
"""

import re
from functools import lru_cache

from chatkit.cli.editor import columns

INDENT = "  "
NARROWEST = 8  # columns; there is no reading in fewer
TAB = " " * 4  # a terminal's own is as wide as it likes
_PIECE = re.compile("\x1b\\[[0-9;]*m|.", re.DOTALL)  # a colour, or a character


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


@lru_cache(1 << 12)
def _columns(piece: str) -> int:
    return 0 if piece.startswith("\x1b") else columns(piece)
