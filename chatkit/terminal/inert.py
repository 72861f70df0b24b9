"""What comes from the wire is shown as plain characters: nothing in it moves, hides, joins or reorders.

`messages.clean` has replaced controls and bidi marks already; here the rest that a terminal would not show
as one plain character follows: zero-width and format characters, fillers, private and unassigned ones
(Unicode categories Cf, Co, Cn, Cs), and more marks on one letter than a language needs.
"""

import re
import unicodedata

from rich.cells import cell_len

from chatkit.messages import clean

MARKS = 3  # combining marks on one letter; Vietnamese and Hebrew get by with two, Zalgo does not

_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # would change a width that is already known
_HIDDEN = ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")


def inert(text: str) -> str:
    """Return `text` with everything replaced by U+FFFD that is not plainly one visible character."""
    if text.isascii() and text.isprintable():
        return text
    text = _VARIATION.sub("", clean(text).expandtabs(4))
    shown: list[str] = []
    marks = 0
    for character in text:
        is_mark = unicodedata.category(character) in ("Mn", "Me")
        marks = marks + 1 if is_mark else 0
        is_first = is_mark and not shown  # it would sit on what stands before the text
        shown.append("\ufffd" if is_first or marks > MARKS or _is_hidden(character) else character)
    return "".join(shown)


def _is_hidden(character: str) -> bool:
    category = unicodedata.category(character)
    if category in _HIDDEN:
        return True
    return category not in ("Mn", "Me") and cell_len(character) == 0
