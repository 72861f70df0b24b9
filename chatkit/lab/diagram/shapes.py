"""SVG by the piece: every word is escaped here and nowhere else, so nothing but our own elements comes out.

No piece has an id or refers to another: many pictures may stand on one page. Lengths are in SVG units.
"""

from math import inf
from xml.sax.saxutils import quoteattr

from chatkit.lab.diagram.words import count_cells

LETTER = 7.6  # width of a typewriter's letter, whichever one the reader's system has
PLAIN, STRONG = (
    7.6,
    9.2,
)  # width of an `n`, of small words and of strong ones, in a font as wide as any: DejaVu Sans
_NARROW, _WIDE = frozenset("fijlrtI.,:;'!|()[] "), frozenset("mwMW@%")
_SPECIAL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def escape(text: str) -> str:
    """Return safe text as XML."""
    return text.translate(_SPECIAL)


def element(tag: str, kind: str, inside: str = "", **attributes: float | str) -> str:
    """Write one element of a class; numbers are rounded to a tenth."""
    written = "".join(
        f" {name.replace('_', '-')}={quoteattr(_number(value))}" for name, value in attributes.items()
    )
    return (
        f'<{tag} class="{kind}"{written}>{inside}</{tag}>' if inside else f'<{tag} class="{kind}"{written}/>'
    )


def write(x: float, y: float, text: str, kind: str = "") -> str:
    """Write words whose line begins at `x`, or has its middle or end there if their class says so."""
    return element("text", kind, escape(text), x=x, y=y)


def measure(text: str, letter: float = PLAIN) -> float:
    """Return the width of words, or somewhat more: nobody knows which font the reader's system has."""
    narrow, wide = (sum(map(letters.__contains__, text)) for letters in (_NARROW, _WIDE))
    return letter * (count_cells(text) - 0.36 * narrow + 0.5 * wide)


def write_over(
    x: float, y: float, text: str, kind: str, letter: float = PLAIN, half: float = 10.5, room: float = inf
) -> str:
    """Write words on a ground of their own, twice `half` high, over whatever is there; `room` is the most."""
    width = min(measure(text, letter) + 6, room)
    start = x - width + 3 if "end" in kind.split() else x - 3
    ground = element("rect", "ground", x=start, y=y - 4.5 - half, width=width, height=2 * half)
    return ground + write(x, y, text, kind)


def type_out(x: float, y: float, text: str, kind: str = "code") -> str:
    """Write words in a typewriter's letters, exactly as wide as their cells."""
    if not text:
        return ""
    width = count_cells(text) * LETTER
    inside = escape(text).replace(" ", "\N{NO-BREAK SPACE}")  # each of them takes its place
    return element("text", kind, inside, x=x, y=y, textLength=width, lengthAdjust="spacingAndGlyphs")


def draw_line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Draw a straight line."""
    return element("line", kind, x1=x1, y1=y1, x2=x2, y2=y2)


def draw_path(kind: str, *points: tuple[float, float], closed: bool = False) -> str:
    """Draw a line through all points."""
    return element(
        "path", kind, d="M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points) + "Z" * closed
    )


def draw_dot(x: float, y: float, radius: float, kind: str) -> str:
    """Draw a disc or, if its class is open, a ring."""
    return element("path", kind, d=f"M{_number(x - radius)} {_number(y)}{_arc(radius, 2)}{_arc(radius, -2)}Z")


def draw_box(x: float, y: float, width: float, height: float, kind: str) -> str:
    """Draw a box with round corners."""
    return element("rect", kind, x=x, y=y, width=width, height=height, rx=5)


def _arc(radius: float, way: int) -> str:
    return f"a{_number(radius)} {_number(radius)} 0 1 1 {_number(way * radius)} 0"


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
