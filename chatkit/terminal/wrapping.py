"""Text into rows of a terminal: whole words where they fit, and never a character cut in half.

Widths are counted in cells, as the terminal does: East Asian wide characters take two, combining marks none.
"""

from rich.cells import cell_len


def wrap(text: str, first: int, rest: int) -> list[str]:
    """Break `text` into rows: one of `first` cells, then as many of `rest` cells as it takes."""
    first, rest = max(2, first), max(2, rest)  # so that a wide character fits
    if len(text) <= first and text.isascii():
        return [text]
    rows: list[str] = []
    row, room = "", first
    for word in _words(text):
        width = cell_len(word)  # counted once and not for each row, or a long word would take minutes
        while width > room:
            if row.strip():  # the word goes to the next row
                rows.append(row.rstrip())
                row, word = "", word.lstrip()
                width = cell_len(word)
            else:  # the word is wider than a row
                head = beginning(word, room)
                rows.append(row + head)
                row, word = "", word[len(head) :]
                width -= cell_len(head)
            room = rest
        row, room = row + word, room - width
    return [*rows, row.rstrip()] if row.strip() or not rows else rows


def _words(text: str) -> list[str]:
    """Split before each run of blanks, so that joining gives the text again."""
    words: list[str] = []
    for part in text.split(" "):
        words.append(f" {part}" if words else part)
    return words


def beginning(word: str, room: int) -> str:
    """Return as much of the beginning of `word` as fits into `room` cells, marks with their letters."""
    width = at = 0
    for character in word:
        width += cell_len(character)
        if width > room:
            break
        at += 1
    return word[:at]
