"""How one way of a wire misbehaves: late, in slices, glued together, or not at all; any of them together.

Pure: settings, and the one sentence that refuses a wrong one. What they do to bytes stands in `pipe`.
"""

import math
from dataclasses import dataclass

from chatkit.lab.events import Way

LONGEST = 3600.0  # seconds
PAUSE = 0.005  # seconds between slices: time for a busy receiver to read each by itself


@dataclass(slots=True)
class Faults:
    """The misbehaviour of one way, for all connections of a wire; as it is made, there is none."""

    delay: float = 0.0  # seconds from the reading of a piece to its passing on
    size: int = 0  # bytes of a slice; 0: as they come
    pause: float = PAUSE  # seconds between slices
    glue: float = 0.0  # seconds for which what comes is gathered into one piece
    frozen: bool = False  # nothing is read and nothing passed on

    @property
    def words(self) -> tuple[str, ...]:
        """Each misbehaviour in a word."""
        words = {"delayed": self.delay, "sliced": self.size, "glued": self.glue, "frozen": self.frozen}
        return tuple(word for word, on in words.items() if on)

    def change(self, **settings: float) -> bool:
        """Change these settings; say whether any of them was another before."""
        changed = False
        for name, value in settings.items():
            changed = changed or getattr(self, name) != value
            setattr(self, name, value)
        return changed


NO_FAULTS = {"delay": 0.0, "size": 0, "pause": PAUSE, "glue": 0.0, "frozen": False}


def ways(way: Way | None) -> tuple[Way, ...]:
    """Return the ways that `way` means, None being both; raise `ValueError`."""
    if way is None:
        return tuple(Way)
    if way not in tuple(Way):
        raise ValueError(f"a way is Way.TO_SERVER, Way.TO_CLIENT or None for both, not {way!r}")
    return (Way(way),)


def check_seconds(what: str, value: float) -> float:
    """Return `value` if it can be a time; raise `ValueError`."""
    good = isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= LONGEST
    if not good:
        raise ValueError(f"{what} is a number of seconds from 0 to {LONGEST:g}, not {value!r}")
    return float(value)


def check_size(value: int) -> int:
    """Return `value` if it can be the size of a slice, in bytes; raise `ValueError`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"a slice has a whole number of bytes, 1 or more, not {value!r}")
    return value
