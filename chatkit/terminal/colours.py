"""Who has which colour: the same for a name in every face, and never the only sign of anything.

The colours are those of the panes (`panes/colours.css`): Okabe and Ito's, which colour-blind people can tell
apart, made darker or lighter until their contrast is 4.5:1 or more.
"""

from rich.style import Style

LIGHT = ("#0068a3", "#94336f", "#555555", "#006b4d", "#a84200", "#7a5600")
DARK = ("#6cc0f0", "#e6a3c9", "#c4c4c4", "#3fc79f", "#f79a5b", "#e0c040")
QUIET = {True: "#b0b0b0", False: "#5a5a5a"}  # by whether the theme is dark
TROUBLE = {True: "#ff9f80", False: "#a02800"}
OWN = {True: "#16324a", False: "#e6f1fa"}  # behind one's own words


def number(name: str) -> int:
    """Return the number of a name's colour, in any mix of capitals."""
    return sum(map(ord, name.lower())) % len(DARK)


def of_name(name: str, is_dark: bool) -> Style:
    """Return how a name is written."""
    return Style(color=(DARK if is_dark else LIGHT)[number(name)], bold=True)


def behind_own(is_dark: bool) -> Style:
    """Return what is behind one's own words."""
    return Style(bgcolor=OWN[is_dark])
