"""Nothing from the wire acts: what is shown is printable, on one line and not too long, and nothing else.

Bytes become text cut where their lines end, so that one sees which lines share a chunk and which are torn.
This file knows neither SVG nor the order of events.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

_LOOK = 200  # characters of a line that are looked at, more than any picture shows
_MOST = 100  # lines of a chunk, likewise
_TOWER = 2  # accents upon one letter that are shown as such


@dataclass(frozen=True, slots=True)
class Piece:
    r"""A line, or as much of one as a chunk brought: `end` is its `\n`, or nothing if it goes on.

    `begins` says whether the line began in this chunk. `letters` are safe to show; an escape is one of them.
    """

    letters: tuple[str, ...]
    begins: bool
    end: str
    clipped: bool = False

    @property
    def text(self) -> str:
        return "".join(self.letters) + ("…" if self.clipped else "")

    @property
    def cells(self) -> int:
        """How many letters of a typewriter it takes."""
        return count_cells(self.letters) + self.clipped + len(self.end)

    def clip(self, room: int) -> "Piece":
        """Return the piece with as many letters as fit into `room` cells, its end kept."""
        if self.cells <= room:
            return self
        left = room - 1 - len(self.end)
        for position, letter in enumerate(self.letters):
            left -= _cells(letter)
            if left < 0:
                return replace(self, letters=self.letters[:position], clipped=True)
        return self


class Chunk(NamedTuple):
    """A chunk cut into lines: of very many only the first, and how many there are.

    `ends` says whether the last one ends here. `size` is in bytes, where not all of them are known, or 0.
    """

    pieces: tuple[Piece, ...]
    lines: int
    ends: bool
    size: int


def cut_lines(data: bytes, begins: bool, size: int) -> Chunk:
    """Cut a chunk of `size` bytes where its lines end; `begins` says that its first byte begins a line.

    Where `data` is not all of it, its end is not known.
    """
    *lines, rest = data.split(b"\n")
    whole = len(data) >= size
    pieces = [_make_piece(line, begins or at > 0, r"\n") for at, line in enumerate(lines[:_MOST])]
    if rest or not whole:
        last = _make_piece(rest, begins or bool(lines), "")
        pieces.append(replace(last, clipped=last.clipped or not whole))
    count = len(lines) + bool(rest or not whole)
    return Chunk(tuple(pieces), count, whole and not rest, 0 if whole else size)


def fit(chunk: Chunk, room: float, spare: float, tail: int) -> tuple[list[Piece], int]:
    """Return as many pieces as fit into `room` cells, and how many lines are left out.

    Each takes `spare` cells besides its text; `tail` cells stay free to tell about those left out.
    """
    shown: list[Piece] = []
    for position, piece in enumerate(chunk.pieces):
        free = room - spare - (tail if position < chunk.lines - 1 else 0)
        if piece.cells > free and free < 8 and shown:
            break
        shown.append(piece.clip(max(int(free), 8)))
        room -= shown[-1].cells + spare
    return shown, chunk.lines - len(shown)


def make_safe(text: str, room: int = _LOOK) -> str:
    """Return `text` on one line of at most `room` cells, with an escape for whatever does not print."""
    letters = _escape(text[:_LOOK].replace("\n", " "))
    return Piece(letters, True, "", len(text) > _LOOK).clip(room).text


def isolate(text: str) -> str:
    """Keep words that run from right to left from turning round what stands beside them."""
    turns = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}" if turns else text


def count_cells(letters: Iterable[str]) -> int:
    """Return how many letters of a typewriter these take: an ideogram takes two, an accent none."""
    return sum(map(_cells, letters))


@lru_cache(maxsize=4096)
def _cells(letter: str) -> int:
    if len(letter) > 1 or letter.isascii():
        return len(letter)
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _make_piece(line: bytes, begins: bool, end: str) -> Piece:
    text = line[: 4 * _LOOK].decode("utf-8", "surrogateescape")
    return Piece(_escape(text[:_LOOK]), begins, end, len(text) > _LOOK or len(line) > 4 * _LOOK)


def _escape(text: str) -> tuple[str, ...]:
    if text.isascii() and text.isprintable() and "\\" not in text:
        return tuple(text)
    letters, tower = [], 0
    for letter in text:
        tower = tower + 1 if _cells(letter) == 0 else 0
        letters.append(letter if tower <= _TOWER else _name_code(letter))
    return tuple(map(_show, letters))


def _show(letter: str) -> str:
    if letter == "\\":
        return r"\\"
    return letter if letter.isprintable() or len(letter) > 1 else _name_code(letter)


def _name_code(letter: str) -> str:
    if "\udc80" <= letter <= "\udcff":  # a byte that is not UTF-8, in Python's own disguise
        return rf"\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode()
