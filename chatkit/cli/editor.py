"""The line that is being typed: a key in, a new state out.

Pure: it knows no terminal and no chat. Columns are counted as terminals do: East Asian wide characters take
two, combining marks none (Unicode UAX 11).
"""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from chatkit.cli.keys import Key
from chatkit.messages import clean

HISTORY = 1000
CONTEXT = 8  # columns that stay in view beside the cursor where there is room for them
# Format characters with a shape: Prepended_Concatenation_Mark, UAX 44.
_SHAPED = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]")
# Wide by Unicode 16, and by what terminals do; not by every Python.
_WIDE = re.compile("[\u3248-\u324f\u4dc0-\u4dff]")
MARKED = 4  # characters for one column, at most: a letter with three marks


class View(NamedTuple):
    """The part of the line that fits, the cursor's column in it, and whether its beginning is hidden."""

    text: str
    cursor: int
    scrolled: bool


def columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") and not _SHAPED.match(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" or _WIDE.match(character) else 1


class Editor:
    """Hold one line, the cursor in it, and the lines before; `cursor` counts characters."""

    def __init__(self) -> None:
        self.text = ""
        self.cursor = 0
        self._history: list[str] = []
        self._recalled = 0  # which line of the history is shown; its length: the line that is being typed
        self._draft = ""
        self._first = 0  # the first character in view

    def press(self, key: Key | str) -> str | None:
        """Apply one key, or a run of text; return the line when it was Enter."""
        if isinstance(key, str):
            self._insert(clean(key))
        elif key is Key.ENTER:
            return self._enter()
        elif key in _ACTIONS:
            _ACTIONS[key](self)
        return None

    def view(self, room: int) -> View:
        """Return what to show in `room` columns, so that the cursor is among them."""
        self._scroll(room)
        shown = self.text[self._first : self._first + room]  # no more than `room` characters, if none is wide
        while columns(shown) > room:
            shown = shown[:-1]
        cursor = columns(self.text[self._first : self.cursor])
        return View(shown.replace("\t", " "), cursor, self._first > 0)

    def _scroll(self, room: int) -> None:
        if len(self.text) < MARKED * room and columns(self.text) < room:  # to measure a long one takes long
            self._first = 0
        self._first = max(0, min(self._first, self.cursor - CONTEXT))
        too_many = columns(self.text[self._first : self.cursor]) - room + 1
        while too_many > 0:
            too_many -= _columns(self.text[self._first])
            self._first += 1

    def _insert(self, text: str) -> None:
        self._replace(self.cursor, self.cursor, text)

    def _replace(self, start: int, end: int, text: str = "") -> None:
        self.text = self.text[:start] + text + self.text[end:]
        self.cursor = start + len(text)

    def _enter(self) -> str:
        line = self.text
        if line.strip() and line not in self._history[-1:]:
            self._history = [*self._history, line][-HISTORY:]
        self._recalled = len(self._history)
        self._draft = self.text = ""
        self.cursor = 0
        return line

    def _before(self) -> int:
        """Return where the character before the cursor begins, its combining marks included."""
        at = max(0, self.cursor - 1)
        while at and not columns(self.text[at]):
            at -= 1
        return at

    def _after(self) -> int:
        at = min(len(self.text), self.cursor + 1)
        while at < len(self.text) and not columns(self.text[at]):
            at += 1
        return at

    def _left(self) -> None:
        self.cursor = self._before()

    def _right(self) -> None:
        self.cursor = self._after()

    def _home(self) -> None:
        self.cursor = 0

    def _end(self) -> None:
        self.cursor = len(self.text)

    def _backspace(self) -> None:
        self._replace(self._before(), self.cursor)

    def _delete(self) -> None:
        self._replace(self.cursor, self._after())

    def _cut_to_start(self) -> None:
        self._replace(0, self.cursor)

    def _cut_to_end(self) -> None:
        self._replace(self.cursor, len(self.text))

    def _cut_word(self) -> None:
        word = re.search(r"\S*\s*\Z", self.text[: self.cursor])
        self._replace(word.start() if word else 0, self.cursor)

    def _up(self) -> None:
        self._recall(self._recalled - 1)

    def _down(self) -> None:
        self._recall(self._recalled + 1)

    def _recall(self, number: int) -> None:
        if not 0 <= number <= len(self._history):
            return
        if self._recalled == len(self._history):
            self._draft = self.text
        self._recalled = number
        self.text = [*self._history, self._draft][number]
        self._end()


_ACTIONS: dict[Key, Callable[[Editor], None]] = {
    Key.LEFT: Editor._left,
    Key.RIGHT: Editor._right,
    Key.HOME: Editor._home,
    Key.END: Editor._end,
    Key.BACKSPACE: Editor._backspace,
    Key.DELETE: Editor._delete,
    Key.LEAVE: Editor._delete,  # as in shells: it leaves only when the line is empty
    Key.CUT_TO_START: Editor._cut_to_start,
    Key.CUT_TO_END: Editor._cut_to_end,
    Key.CUT_WORD: Editor._cut_word,
    Key.UP: Editor._up,
    Key.DOWN: Editor._down,
}
