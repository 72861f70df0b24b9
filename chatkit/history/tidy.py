"""Remove lines from a history that no server uses. Where one does, people say /forget there.

A server would find the file locked meanwhile, and lose what is said; so a file that is in use is left alone.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from chatkit.history.retention import Retention
from chatkit.history.schema import HistoryError, cannot, open_to_read, open_to_write
from chatkit.history.store import Store


def forget(path: Path, name: str) -> int:
    """Remove every line of `name` for good; return how many; raise `HistoryError`."""
    with _alone(path) as store:
        return store.forget([name]).total()


def prune(path: Path, retention: Retention) -> int:
    """Remove what is no more to be kept; return how many lines went; raise `HistoryError`."""
    with _alone(path) as store:
        return retention.hold(store, search=True)


@contextmanager
def _alone(path: Path) -> Iterator[Store]:
    """Open the history at `path`, unless somebody has; at the end, leave no trace of what was removed."""
    open_to_read(path).close()  # it is there, and ours
    try:
        _try_alone(path)
        with closing(Store(open_to_write(path, durable=True))) as store:
            yield store
            store.scrub()
    except sqlite3.Error as error:
        raise cannot(path, error) from error


def _try_alone(path: Path) -> None:
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise HistoryError(
                f"{str(path)!r} is in use: while a room is open, people say /forget there, and it was"
                " told at its start how long to keep lines; close it, or try again later"
            ) from error
