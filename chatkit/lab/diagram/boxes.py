"""What a chunk carries: each line in a box of its own, torn at the side where the line goes on elsewhere.

So one sees that TCP has glued three lines into one chunk, or cut one line into three.
"""

from collections.abc import Sequence

from chatkit.lab.diagram.rows import Row
from chatkit.lab.diagram.shapes import LETTER, STRONG, draw_path, measure, type_out, write_over
from chatkit.lab.diagram.twin import comment, tell_rest
from chatkit.lab.diagram.words import Piece, fit
from chatkit.lab.events import Kind

_PAD, _SPACE, _HALF = 7, 5, 10.5  # beside the text in a box, between two boxes, half a box's height
_REST = 14  # cells kept free to tell what is not shown
_TALL = 13.5  # half the height of what an RST's jagged line must not show behind


def draw_label(row: Row, words: str, colour: str, x: float, y: float, room: float) -> tuple[str, float]:
    """Draw what a row carries, from `x` on, and return where it ends."""
    if row.kind != Kind.BYTES:
        half = _TALL if row.kind == Kind.RST else _HALF
        return write_over(x, y + 4.5, words, "strong", STRONG, half), x + measure(words, STRONG)
    return _draw_boxes(row, colour, x, y, room)


def _draw_boxes(row: Row, colour: str, x: float, y: float, room: float) -> tuple[str, float]:
    spare = (2 * _PAD + _SPACE) / LETTER
    rest = _REST if row.chunk.size else 0
    shown, left_out = fit(row.chunk, int(room / LETTER) - rest, spare, _REST)
    drawn, start = [], x
    for piece in shown:
        width = piece.cells * LETTER + 2 * _PAD
        drawn.append(_draw_box(piece, x, y, width, colour))
        x += width + _SPACE
    remark = tell_rest(left_out, row.chunk.size) or comment(row.chunk)
    if remark and measure(remark) < start + room - x:
        drawn.append(write_over(x + 4, y + 4, remark, "quiet"))
        x += measure(remark) + 4
    return "".join(drawn), x - _SPACE


def _draw_box(piece: Piece, x: float, y: float, width: float, colour: str) -> str:
    left = _edge(x, y, whole=piece.begins)
    right = [(2 * x + width - side, height) for side, height in _edge(x, y, whole=bool(piece.end))]
    box = draw_path(f"box {colour}", *left, *reversed(right), closed=True)
    text = type_out(x + _PAD, y + 4, piece.text)
    return (
        box
        + text
        + type_out(x + _PAD + (piece.cells - len(piece.end)) * LETTER, y + 4, piece.end, "code ending")
    )


def _edge(x: float, y: float, whole: bool) -> Sequence[tuple[float, float]]:
    """Return a box's left edge from its foot upwards: straight, or torn."""
    if whole:
        return [(x, y + _HALF), (x, y - _HALF)]
    step = _HALF / 2
    return [(x + (3 if at % 2 else -1), y + _HALF - at * step) for at in range(5)]
