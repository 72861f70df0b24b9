"""How the picture is coloured: light or dark as the page around it is, with nothing from outside.

Inside a page of JupyterLab its theme decides; as an image, alone, what the reader's system prefers. All rules
hold inside `.ck-diagram` only, so that they touch nothing else on the page. Words keep a contrast of 4.5:1.
"""

from collections.abc import Iterable

PEOPLE = 6  # colours, the same ones as in panes/colours.css: ada has one colour everywhere

LIGHT = {
    "back": "#ffffff",
    "words": "#212121",
    "quiet": "#5a5a5a",
    "line": "#cfcfcf",
    "edge": "#767676",
    "soft": "#f3f3f3",
    "note": "#fff6d6",
    "trouble": "#a02800",
    "0": "#0068a3",
    "1": "#94336f",
    "2": "#555555",
    "3": "#006b4d",
    "4": "#a84200",
    "5": "#7a5600",
}
DARK = {
    "back": "#111111",
    "words": "#e6e6e6",
    "quiet": "#b0b0b0",
    "line": "#444444",
    "edge": "#8a8a8a",
    "soft": "#212121",
    "note": "#332b12",
    "trouble": "#ff9f80",
    "0": "#6cc0f0",
    "1": "#e6a3c9",
    "2": "#c4c4c4",
    "3": "#3fc79f",
    "4": "#f79a5b",
    "5": "#e0c040",
}

_SHAPES = """
.ck-diagram { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; }
.ck-diagram text { fill: var(--ckd-words); }
.ck-diagram :is(line, path) { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
.ck-diagram .card { fill: var(--ckd-back); stroke: var(--ckd-line); }
.ck-diagram .halo { stroke: var(--ckd-back); stroke-width: 6; }
.ck-diagram .band { fill: var(--ckd-soft); stroke: var(--ckd-edge); }
.ck-diagram .box { fill: var(--ckd-soft); stroke-width: 1.25; }
.ck-diagram .full { fill: currentColor; }
.ck-diagram .open { fill: var(--ckd-back); }
.ck-diagram .note { fill: var(--ckd-note); stroke: var(--ckd-edge); stroke-width: 1; }
.ck-diagram .heavy { stroke-width: 3; }
.ck-diagram .half { stroke-dasharray: 7 5; }
.ck-diagram .silent { stroke-dasharray: 1.5 5; stroke-linecap: round; }
.ck-diagram .unknown { stroke: var(--ckd-line); stroke-width: 1; }
.ck-diagram .dots { stroke-width: 1.25; stroke-dasharray: 2 4; }
.ck-diagram .code { font: 12.5px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.ck-diagram text.name { fill: currentColor; font-weight: 700; text-anchor: middle; }
.ck-diagram .title { font-size: 15px; font-weight: 700; }
.ck-diagram .small { font-size: 12px; }
.ck-diagram .quiet { fill: var(--ckd-quiet); font-size: 12px; }
.ck-diagram .end { text-anchor: end; }
.ck-diagram .strong { font-weight: 600; }
.ck-diagram .trouble { color: var(--ckd-trouble); }
.ck-diagram .server { color: var(--ckd-words); }
.ck-diagram .edge { color: var(--ckd-edge); }
.ck-diagram .ground { fill: var(--ckd-back); }
"""


def colour_of(name: str) -> int:
    """Return the number of a person's own colour, as parts.js does."""
    return sum(map(ord, name.lower())) % PEOPLE


def colours_of(names: Iterable[str]) -> dict[str, int]:
    """Give each person a colour that no other has, as long as there are enough: their own, or a free one."""
    given: dict[str, int] = {}
    for name in sorted(names):
        if colour_of(name) not in given.values():
            given[name] = colour_of(name)
    free = (number for number in range(PEOPLE) if number not in set(given.values()))
    return given | {name: next(free, colour_of(name)) for name in sorted(names) if name not in given}


def _set(colours: dict[str, str]) -> str:
    return " ".join(f"--ckd-{name}: {colour};" for name, colour in colours.items())


STYLE = f"""
.ck-diagram {{ {_set(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ .ck-diagram {{ {_set(DARK)} }} }}
[data-jp-theme-light="true"] .ck-diagram {{ {_set(LIGHT)} }}
[data-jp-theme-light="false"] .ck-diagram {{ {_set(DARK)} }}
{_SHAPES.strip()}
{chr(10).join(f".ck-diagram .p{number} {{ color: var(--ckd-{number}); }}" for number in range(PEOPLE))}
"""
