"""A small picture of who said how much when, as SVG: a notebook shows it, and nothing is installed for it."""

from collections.abc import Iterable, Iterator
from html import escape

from chatkit.history.line import Line
from chatkit.history.stats import shares, spread

# Okabe and Ito's colours, which people who see few colours can tell apart; the last is for all the others.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#999999")
BARS, STEP, HEIGHT, LEFT = (
    60,
    8,
    120,
    4,
)  # how many bars; pixels from one to the next; the highest; beside them
OTHERS = "others"


class Chart:
    """Draw `lines`: time goes to the right, a bar is as high as what was said, each person has a colour."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = list(lines)
        self._shares = shares(self._lines)

    def __str__(self) -> str:
        return ", ".join(f"{share.name} {share.lines}" for share in self._shares) or "nothing was said"

    def _repr_html_(self) -> str:
        return self.svg()

    def svg(self) -> str:
        """Return the picture."""
        width = LEFT + BARS * STEP + 200
        parts = [*self._bars(), *self._legend(), *self._times()] if self._lines else []
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT + 30}" role="img"'
            f' font-family="sans-serif" font-size="12" fill="currentColor">'
            f"<title>{escape(f'Lines said, by person: {self}')}</title>{''.join(parts)}</svg>"
        )

    def _bars(self) -> Iterator[str]:
        first, last = min(line.at for line in self._lines), max(line.at for line in self._lines)
        places = {share.name.lower(): min(n, len(COLOURS) - 1) for n, share in enumerate(self._shares)}
        heights: dict[int, list[int]] = {}
        for (bar, name), count in spread(self._lines, first, last, BARS).items():
            heights.setdefault(bar, [0] * len(COLOURS))[places[name]] += count
        scale = HEIGHT / max(map(sum, heights.values()))
        for bar, counts in heights.items():
            yield from _bar(LEFT + bar * STEP, [count * scale for count in counts])

    def _legend(self) -> Iterator[str]:
        shown = [(share.name, share.lines) for share in self._shares]
        head, tail = shown[: len(COLOURS) - 1], shown[len(COLOURS) - 1 :]
        rows = [*head, (OTHERS, sum(lines for _, lines in tail))] if len(tail) > 1 else shown
        for number, (name, lines) in enumerate(rows):
            x, y = LEFT + BARS * STEP + 16, 12 + number * 17
            yield f'<rect x="{x}" y="{y - 10}" width="11" height="11" fill="{COLOURS[number]}"/>'
            yield f'<text x="{x + 17}" y="{y}">{escape(name)} {lines:,}</text>'

    def _times(self) -> Iterator[str]:
        first, last = min(line.at for line in self._lines), max(line.at for line in self._lines)
        ends = ((LEFT, "start", first), (LEFT + BARS * STEP, "end", last))
        for x, anchor, time in ends:
            words = f"{time.astimezone():%Y-%m-%d %H:%M}"
            yield f'<text x="{x}" y="{HEIGHT + 20}" text-anchor="{anchor}">{words}</text>'


def _bar(x: int, heights: list[float]) -> Iterator[str]:
    """Yield one bar, its parts on top of each other."""
    y = float(HEIGHT)
    for colour, height in zip(COLOURS, heights, strict=True):
        if height:
            y -= height
            yield f'<rect x="{x}" y="{y:.1f}" width="{STEP - 1}" height="{height:.1f}" fill="{colour}"/>'
