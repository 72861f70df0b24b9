"""What Up, Down and Tab bring into the line that is being typed: earlier lines, names and commands. Pure."""

from collections.abc import Sequence

HISTORY = 1000


class History:
    """Remember the lines that were entered, and the draft that one left to look at them."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._at = 0
        self._draft = ""

    def add(self, line: str) -> None:
        """Remember a line that was entered."""
        if line.strip() and line not in self._lines[-1:]:
            self._lines = [*self._lines, line][-HISTORY:]
        self._at = len(self._lines)
        self._draft = ""

    def move(self, steps: int, shown: str) -> str | None:
        """Go `steps` down from the line that is `shown`, up if negative; None if there is no such line."""
        at = self._at + steps
        if not 0 <= at <= len(self._lines):
            return None
        if self._at == len(self._lines):
            self._draft = shown
        self._at = at
        return [*self._lines, self._draft][at]


class Completion:
    """Complete the word before the cursor; asked again, give the next candidate."""

    def __init__(self) -> None:
        self._given = ""  # what was completed last, up to the cursor
        self._candidates: list[str] = []

    def complete(self, before: str, names: Sequence[str], commands: Sequence[str]) -> str | None:
        """Return what should stand before the cursor instead of `before`; None if nothing fits."""
        if before != self._given or not self._candidates:
            self._candidates = _candidates(before, names, commands)
        if not self._candidates:
            return None
        self._given, *rest = self._candidates
        self._candidates = [*rest, self._given]
        return self._given


def _candidates(before: str, names: Sequence[str], commands: Sequence[str]) -> list[str]:
    start = before.rfind(" ") + 1
    word = before[start:]
    if word.startswith("/") and not start:
        return [f"{command} " for command in _fitting(word, [f"/{each}" for each in commands])]
    after = " " if start else ": "  # the first word says who is spoken to
    return [f"{before[:start]}{name}{after}" for name in _fitting(word, names)]


def _fitting(word: str, known: Sequence[str]) -> list[str]:
    return sorted((each for each in known if each.lower().startswith(word.lower())), key=str.lower)
