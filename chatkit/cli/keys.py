r"""Bytes from a terminal in, keys out: a run of text as `str`, everything else as a `Key`.

However the bytes were cut, the keys are the same. But Escape alone is the beginning of an arrow key as well,
so whoever waits for the rest decides with `give_up` that there is none. Unknown keys are left out.
"""

import codecs
import re
from collections.abc import Iterator
from enum import Enum, auto


class Key(Enum):
    """A key that does something else than to add text."""

    ENTER = auto()
    LEAVE = auto()
    BACKSPACE = auto()
    DELETE = auto()
    LEFT = auto()
    RIGHT = auto()
    HOME = auto()
    END = auto()
    UP = auto()
    DOWN = auto()
    CUT_TO_START = auto()
    CUT_TO_END = auto()
    CUT_WORD = auto()
    REDRAW = auto()


PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"
_CONTROLS = {
    "\r": Key.ENTER,
    "\n": Key.ENTER,
    "\x01": Key.HOME,
    "\x02": Key.LEFT,
    "\x04": Key.LEAVE,
    "\x05": Key.END,
    "\x06": Key.RIGHT,
    "\x08": Key.BACKSPACE,
    "\x7f": Key.BACKSPACE,
    "\x0b": Key.CUT_TO_END,
    "\x0c": Key.REDRAW,
    "\x0e": Key.DOWN,
    "\x10": Key.UP,
    "\x15": Key.CUT_TO_START,
    "\x17": Key.CUT_WORD,
}
# ECMA-48 names the last byte of an arrow's sequence; the numbers are those of the VT220's editing keys.
_FINALS = {"A": Key.UP, "B": Key.DOWN, "C": Key.RIGHT, "D": Key.LEFT, "H": Key.HOME, "F": Key.END}
_NUMBERS = {"1": Key.HOME, "3": Key.DELETE, "4": Key.END, "7": Key.HOME, "8": Key.END}
_TOKEN = re.compile(
    r"\x1b\[\[."  # a function key of the Linux console
    r"|\x1b\[(?P<number>\d*)[0-?]*[ -/]*(?P<final>[@-~])"
    r"|\x1bO(?P<keypad>.)"
    r"|\x1b[^\[O\x1b]"  # Alt and a key
    r"|(?P<text>[^\x00-\x08\x0a-\x1f\x7f]+)"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\x1b(\[[0-?]*[ -/]*|\[\[|O)?")


class Keys:
    """Collect what a terminal sends and hand out the keys that it completes."""

    def __init__(self) -> None:
        self.pending = ""  # the beginning of a key whose end has not arrived
        self._pasting = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, chunk: bytes) -> Iterator[Key | str]:
        """Yield the keys that `chunk` completes."""
        text = self.pending + self._decoder.decode(chunk)
        self.pending = ""
        at = 0
        while at < len(text):
            if match := _TOKEN.match(text, at):
                at = match.end()
                yield from self._read(match)
            elif _UNFINISHED.fullmatch(text, at):
                self.pending, at = text[at:], len(text)
            else:
                at += 1

    def give_up(self) -> None:
        """Forget the beginning of a key: it was a lone Escape."""
        self.pending = ""

    def _read(self, match: re.Match[str]) -> Iterator[Key | str]:
        if match[0] in (PASTE_BEGINS, PASTE_ENDS):
            self._pasting = match[0] == PASTE_BEGINS
        elif match["text"]:
            yield match["text"]
        elif key := self._key(match):
            yield key

    def _key(self, match: re.Match[str]) -> Key | None:
        key = _CONTROLS.get(match["control"] or "")
        if self._pasting:  # what was copied must not edit, and must not leave
            return key if key is Key.ENTER else None
        if match["final"] == "~":
            return _NUMBERS.get(match["number"])
        return key or _FINALS.get(match["final"] or match["keypad"] or "")
