"""Read a history, whether its server runs or not: nothing here can write to the file.

Lines are fetched a thousand at a time, and between two thousands nothing is held: whoever looks at a long
history with `less` keeps nobody from removing what they said.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Self

from chatkit.history.line import Line
from chatkit.history.schema import cannot, open_to_read
from chatkit.history.search import Words
from chatkit.history.times import as_moment
from chatkit.messages import clean

PAGE = 1000  # lines


class Archive:
    """The history in the file `path`; raise `HistoryError` if there is none, or it cannot be read.

    Used with `with`, it lets go of the file at the end.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        self._db = open_to_read(self.path)

    def lines(
        self,
        *,
        by: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        words: Sequence[str] = (),
        last: int | None = None,
    ) -> Iterator[Line]:
        """Yield what was said: by these people, from `since` on and before `until`, with all `words` in it.

        A word of several words is a phrase, `good*` finds each that begins so; capitals and accents do not
        matter. With `last`, only the last so many lines. Raise `HistoryError` if the file turns out damaged.
        """
        where, values = _condition(by, since, until)
        pages = self._pages(where, values, "ASC" if last is None else "DESC")
        found = (line for page in (Words(words).among(pages) if words else pages) for line in page)
        try:
            yield from found if last is None else list(islice(found, last))[::-1]
        except sqlite3.Error as error:
            raise cannot(self.path, error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _pages(self, where: str, values: list[object], order: str) -> Iterator[list[Line]]:
        """Yield the lines a page at a time, from either end."""
        then = "id > ?" if order == "ASC" else "id < ?"
        query = (
            f"SELECT id, at, name, text FROM lines WHERE {where} AND {then} ORDER BY id {order} LIMIT {PAGE}"
        )
        at = -1 if order == "ASC" else 1 << 62
        while rows := self._db.execute(query, (*values, at)).fetchall():
            yield [_line(*row) for row in rows]
            at = rows[-1][0]


def _condition(by: Sequence[str], since: datetime | None, until: datetime | None) -> tuple[str, list[object]]:
    """Return the wanted lines' condition in SQL, and the values of its question marks."""
    parts: list[tuple[str, list[object]]] = [("1", [])]
    if by:
        parts.append((f"name IN ({', '.join('?' * len(by))})", [*by]))
    if since:
        parts.append(("at >= ?", [since.timestamp() * 1000]))
    if until:
        parts.append(("at < ?", [until.timestamp() * 1000]))
    return " AND ".join(text for text, _ in parts), [value for _, values in parts for value in values]


def _line(number: int, at: object, name: object, text: object) -> Line:
    # Another program may have written it: what could fool a terminal is cleaned away once more.
    return Line(number, as_moment(at), clean(str(name)), clean(str(text)))
