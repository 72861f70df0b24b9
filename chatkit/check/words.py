"""What strangers have printed, raised, or called their files, as words: nothing of it acts on a terminal.

And any file can hold it: a name on a disk may be no Unicode at all.
"""

import re

from chatkit.messages import clean

_COLOUR = re.compile("\x1b\\[[0-9;]*m")


def harmless(text: str) -> str:
    """Return the same lines without colours; every character that is not plain text is replaced."""
    lines = _COLOUR.sub("", text).encode("utf-8", "replace").decode().splitlines()
    return "\n".join(map(clean, lines))


def as_name(text: str) -> str:
    """Return the same for what has to be one line, whatever it holds."""
    return clean(harmless(text))
