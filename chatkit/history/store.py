"""The lines of one file, in SQL: each method is one transaction, and raises `sqlite3.Error`.

Texts reach SQL as values only, never as a part of a statement.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from json.encoder import encode_basestring as quote

from chatkit.history.schema import transaction

# A round is one statement, whose lines come as one JSON object, name: text, name: text, ... Measured,
# Python 3.11, SQLite 3.40, rounds of 10,000 lines: 0.54 microseconds a line, 0.95 by executemany; and
# Python's lock is let go once a round, not once a line, so the threads that read go on meanwhile.
_ADD = "INSERT INTO lines (at, name, text) SELECT ?, key, value FROM json_each(?)"
_FORGET = "DELETE FROM lines WHERE name IN (SELECT value FROM json_each(?)) RETURNING name"


class Store:
    """Add, read and remove lines in an open history."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._ragged = True  # there may be copies of what was removed
        self._lines, self._counted = 0, -1  # how many there are; at which of others' changes that was so

    def add(self, at: int, said: Sequence[tuple[str, str]]) -> None:
        """Keep these names and texts, said at `at`, in milliseconds since 1970."""
        pairs = ",".join([f"{quote(name)}:{quote(text)}" for name, text in said])
        self._lines += self._db.execute(_ADD, (at, f"{{{pairs}}}")).rowcount

    def last(self, count: int) -> list[tuple[int, str, str]]:
        """Return when, who and what of the last `count` lines, oldest first."""
        newest = self._db.execute("SELECT at, name, text FROM lines ORDER BY id DESC LIMIT ?", (count,))
        return newest.fetchall()[::-1]

    def forget(self, names: Collection[str]) -> Counter[str]:
        """Remove every line of these names, in any mix of capitals; return how many each had.

        The file is gone through once, however many names there are, so it needs no index of them: to write
        one, each line of a round of 100 would take four times as long.
        """
        gone = Counter(name.lower() for (name,) in self._db.execute(_FORGET, (json.dumps([*names]),)))
        self._note(gone.total())
        return gone

    def keep_newest(self, count: int) -> int:
        """Remove the oldest lines until `count` are left; return how many lines went.

        It is asked every second, so they are counted anew only if another connection has changed the file.
        """
        if self._counted != (changes := self.changes()):
            (self._lines,) = self._db.execute("SELECT count(*) FROM lines").fetchone()
            self._counted = changes
        if (more := self._lines - count) <= 0:
            return 0
        return self._remove("id IN (SELECT id FROM lines ORDER BY id LIMIT ?)", more)

    def drop_before(self, at: int) -> int:
        """Remove the oldest lines up to the first that was said at `at` or later; return how many went."""
        first = "(SELECT id FROM lines WHERE at >= ?1 ORDER BY id LIMIT 1)"
        return self._remove(f"at < ?1 AND id < coalesce({first}, (SELECT max(id) + 1 FROM lines))", at)

    def drop_all_before(self, at: int) -> int:
        """Remove every line said before `at`, wherever a clock that was set back has put it."""
        return self._remove("at < ?", at)

    def refusals(self) -> list[str]:
        """Return the names that are not to be recorded."""
        return [name for (name,) in self._db.execute("SELECT name FROM refusals")]

    def set_refusals(self, recorded: dict[str, bool]) -> None:
        """Hold on to a no of these names, and let go of it where it was taken back."""
        with transaction(self._db):
            for name, on in recorded.items():
                self._db.execute(
                    "DELETE FROM refusals WHERE name = ?"
                    if on
                    else "INSERT OR IGNORE INTO refusals VALUES (?)",
                    (name,),
                )

    def scrub(self) -> bool:
        """Leave no trace of what was removed; return whether nobody who reads the file stood in the way.

        What is deleted is overwritten (`secure_delete`), but SQLite leaves copies of lines that it moved
        from page to page: measured, after 101 of 644 wishes to be forgotten. So the file is written anew,
        and the journal, which still holds the old one, is emptied.
        """
        if self._ragged:
            self._db.execute("VACUUM")
            self._ragged = False
        return self.empty_journal()

    def empty_journal(self) -> bool:
        """Move all that is in the journal into the file; return whether nobody stood in the way."""
        (busy, _, _) = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def wait_for_locks(self, seconds: float) -> None:
        """Let each change wait so long for who has locked the file."""
        self._db.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    def probe(self) -> None:
        """Write something that changes nothing, to see whether writing works."""
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        self._db.execute(f"PRAGMA user_version = {int(version)}")

    def changes(self) -> int:
        """Return a number that changes whenever another connection has changed the file."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def _remove(self, which: str, value: object) -> int:
        count = self._db.execute(f"DELETE FROM lines WHERE {which}", (value,)).rowcount
        self._note(count)
        return count

    def _note(self, gone: int) -> None:
        self._ragged |= gone > 0
        self._lines -= gone

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
