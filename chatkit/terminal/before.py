"""What a room remembers, told to whoever comes: set apart from what is said now, and never shown twice.

After a lost connection a server tells again what one has seen already. Such a line is left out, as often as
it has been seen; what was said in between is shown. Pure.
"""

from collections import Counter, deque

from chatkit.terminal.entries import Entry, rule

SEEN = 500  # lines; no server tells as many

BEGINS, ENDS = "from before", "now"


class Before:
    """Pass entries on, with a line above and below those from before."""

    def __init__(self) -> None:
        self._recent: deque[tuple[str, str]] = deque(maxlen=SEEN)
        self._seen: Counter[tuple[str, str]] = Counter()
        self._is_between = False

    def connect(self) -> None:
        """Begin with a new connection."""
        self._seen = Counter(self._recent)

    def arrange(self, entry: Entry) -> list[Entry]:
        """Return what to show for this entry."""
        if entry.kind == "before" and self._was_seen(entry):
            return []
        shown = [entry]
        if (entry.kind == "before") != self._is_between:
            self._is_between = not self._is_between
            shown.insert(0, rule(BEGINS if self._is_between else ENDS, entry.when))
        if entry.name:
            self._recent.append(_key(entry))
        return shown

    def _was_seen(self, entry: Entry) -> bool:
        key = _key(entry)
        was_seen = self._seen[key] > 0
        if was_seen:  # of what was not, nothing is noted: a server may remember without end
            self._seen[key] -= 1
        return was_seen


def _key(entry: Entry) -> tuple[str, str]:
    return entry.name.lower(), entry.text
