r"""The picture in words: one line an event, for a terminal, a screen reader and a test.

What stands in brackets is a line that ended: `[hello\n]`. A bracket is missing where a line goes on in
another chunk. Columns stand below one another, whatever the names.
"""

from collections.abc import Iterator, Sequence

from chatkit.lab.diagram.rows import Row
from chatkit.lab.diagram.words import Chunk, count_cells, fit, isolate, make_safe
from chatkit.lab.events import Kind, Way

ROOM = 72  # letters of a chunk
NAME = 24  # letters of a name
NOTHING = "nothing has happened yet"


def write(rows: Sequence[Row], people: Sequence[str], server: str, times: bool) -> Iterator[str]:
    """Write one line for each row."""
    width = max(count_cells(make_safe(name, NAME)) for name in (*people, server))
    for row in rows:
        time = f"{row.time:8.2f} s  " if times else ""
        yield f"{time}{_say_who(row, server, width)}  {say(row, server)}".rstrip()
    if not rows:
        yield NOTHING


def say(row: Row, server: str) -> str:
    """Say what a row is about, without who sent it to whom."""
    if row.kind == Kind.NOTE:
        return f"note: {isolate(make_safe(row.words))}"
    what = _bracket(row.chunk) if row.kind == Kind.BYTES else announce(row, server)
    remarks = [words for words in (comment(row.chunk), row.fate.value) if words]
    return f"{what}  ({', '.join(remarks)})" if remarks else what


def announce(row: Row, server: str) -> str:
    """Say in words what is not bytes."""
    sender = row.person if row.way == Way.TO_SERVER else "the server" if server == "server" else server
    sender = make_safe(sender, NAME)
    match row.kind:
        case Kind.FIN:
            return f"FIN (no more from {sender})"
        case Kind.RST:
            return f"RST (cut off by {sender})"
        case Kind.SILENCE:
            return "silence (from here nothing passes, and nobody is told)"
        case _:
            return "connected"


def comment(chunk: Chunk) -> str:
    """Say in words how a chunk and its lines differ, if they do."""
    begins = chunk.lines == 0 or chunk.pieces[0].begins
    if chunk.lines > 1:
        return f"{chunk.lines} lines in one chunk" if begins and chunk.ends else "cut across lines"
    if begins and chunk.ends:
        return ""
    if chunk.ends:
        return "the end of a line"
    return "a line begins" if begins else "the line goes on"


def _bracket(chunk: Chunk) -> str:
    shown, left_out = fit(chunk, ROOM, 2, 12)
    lines = "".join(
        f"{'[' if piece.begins else ''}{isolate(piece.text)}{piece.end}{']' if piece.end else ''}"
        for piece in shown
    )
    return " ".join(filter(None, [lines, tell_rest(left_out, chunk.size)]))


def tell_rest(left_out: int, size: int) -> str:
    """Say what of a chunk is not shown."""
    lines = f"+{left_out} more" if left_out else ""
    return ", ".join(filter(None, [lines, f"{size:,} bytes" if size else ""]))


def _say_who(row: Row, server: str, width: int) -> str:
    person, at_server = (_pad(name, width) for name in (row.person or server, server))
    if row.kind == Kind.NOTE:
        return f"{person}   {_pad('', width)}"
    if row.kind == Kind.SILENCE:
        return f"{person} ⊘ {at_server}"
    sender, receiver = (person, at_server) if row.way == Way.TO_SERVER else (at_server, person)
    return f"{sender} → {receiver}"


def _pad(name: str, width: int) -> str:
    safe = make_safe(name, NAME)
    return isolate(safe) + " " * (width - count_cells(safe))
