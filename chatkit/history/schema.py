"""What a history file is: how one is made, told from other files, opened, and brought up to date.

The schema is versioned by SQLite's `user_version`. A new file takes every step of `STEPS`, an older one those
that it lacks; a newer or foreign one is left as it is, to the byte.
"""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chatkit.errors import ChatError

APPLICATION = 0x63686174  # "chat": says whose file it is, in the file's own header
OPENING = 2.0  # seconds to wait for a lock before anybody is served; while serving, nothing waits
# Pages in the journal until they are moved into the database, and the disk is waited for: measured, 20 ms for
# each 1000 pages, 35 ms for 4000. A line takes 85 bytes or so, so that is once in 200,000 lines.
JOURNAL = 4000
STEPS = (
    # `at` is in milliseconds since 1970, UTC; the order is that of `id`, for clocks may be set back.
    "CREATE TABLE lines (id INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " name TEXT NOT NULL COLLATE NOCASE, text TEXT NOT NULL)",
    # A no outlives the server. A yes does not: who comes by that name tomorrow may be somebody else.
    "CREATE TABLE refusals (name TEXT PRIMARY KEY COLLATE NOCASE) WITHOUT ROWID",
)
QUESTIONS = (  # a file that cannot answer them is damaged, or says falsely that it is ours
    "SELECT id, at, name, text FROM lines LIMIT 1",
    "SELECT name FROM refusals",
)
_REASONS = {
    0: "the file is damaged",  # Python's own complaint, that a text is none
    sqlite3.SQLITE_BUSY: "another program has locked the file",
    sqlite3.SQLITE_LOCKED: "another program has locked the file",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the file may not be written",
    sqlite3.SQLITE_PERM: "the file may not be written",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk does not take what is written",
    sqlite3.SQLITE_CORRUPT: "the file is damaged",
    sqlite3.SQLITE_NOTADB: "the file is damaged, or not a history",
}


class HistoryError(ChatError):
    """A file cannot be used as a history, in one sentence."""


def reason(error: sqlite3.Error) -> str:
    """Return in words why SQLite failed; no text of a line is ever in them."""
    if isinstance(error, sqlite3.ProgrammingError):
        return "the file is not open"
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, above it are details
    return _REASONS.get(code, f"SQLite says: {error}")


def absolute(path: str | os.PathLike[str]) -> Path:
    """Return where `path` is, wherever this process goes later; raise `HistoryError`."""
    try:
        return Path(path).absolute()
    except OSError as error:  # somebody has removed the folder that we are in
        raise cannot(Path(path), error) from error


def open_to_write(path: Path, durable: bool, wait: float = OPENING) -> sqlite3.Connection:
    """Open the history at `path`, make it if there is none; raise `HistoryError`.

    If it is locked, that may last `wait` seconds.
    """
    if not _is_file(path):
        _make_private(path)
    with _opened(str(path.absolute()), path, wait) as db:
        _check(db, path)
        _keep_private(path)
        _set_up(db, durable)
        _migrate(db)
        for question in QUESTIONS:
            db.execute(question).fetchall()
        db.execute("PRAGMA busy_timeout = 0")
    return db


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open the history at `path` so that nothing can be written to it; raise `HistoryError`."""
    if not os.path.isfile(path):  # which is no error of a name that no disk takes
        raise HistoryError(f"there is no history {str(path)!r}; chatkit serve --history FILE keeps one")
    how = "mode=ro"
    if not os.access(path.absolute().parent, os.W_OK) and not Path(f"{path}-wal").exists():
        how = "immutable=1"  # SQLite can put no companions beside it, and no server has
    with _opened(f"{path.absolute().as_uri()}?{how}", path) as db:
        if not _check(db, path):
            raise HistoryError(f"{str(path)!r} is empty: no history has been kept there yet")
    return db


@contextmanager
def _opened(name: str, path: Path, wait: float = OPENING) -> Iterator[sqlite3.Connection]:
    """Connect; what fails inside closes it again, and becomes a `HistoryError`."""
    try:  # the thread that opens it is not the one that serves, and they never use it at one time
        db = sqlite3.connect(
            name, timeout=wait, isolation_level=None, check_same_thread=False, uri=name.startswith("file:")
        )
    except (sqlite3.Error, ValueError) as error:
        raise cannot(path, error) from error
    try:
        yield db
    except (sqlite3.Error, OSError) as error:
        db.close()
        raise cannot(path, error) from error
    except HistoryError:
        db.close()
        raise


def cannot(path: Path, error: Exception) -> HistoryError:
    """Return the sentence that says why the file at `path` does not do."""
    why = reason(error) if isinstance(error, sqlite3.Error) else getattr(error, "strerror", "") or str(error)
    return HistoryError(f"{str(path)!r} cannot be used as a history: {why}")


def _is_file(path: Path) -> bool:
    """Say whether there is a file; raise `HistoryError` if it is something else, which nobody must change."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise cannot(path, error) from error
    if not stat.S_ISREG(mode):
        raise HistoryError(f"{str(path)!r} is no file, so it cannot be a history")
    return True


def _make_private(path: Path) -> None:
    """Make an empty file that only its owner can read; SQLite gives its journals the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        pass
    except (OSError, ValueError) as error:
        raise cannot(path, error) from error


def _keep_private(path: Path) -> None:
    """Take from the others what they may do with it; the owner may have said that it is not to be written."""
    for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(FileNotFoundError):
            each.chmod(each.stat().st_mode & 0o600)


def _check(db: sqlite3.Connection, path: Path) -> int:
    """Return the file's version; raise `HistoryError` if it is not ours to touch."""
    application, version, tables, odd = db.execute(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema),"
        " (SELECT count(*) FROM sqlite_schema WHERE type IN ('view', 'trigger'))"  # they may never end
        " FROM pragma_application_id, pragma_user_version"
    ).fetchone()
    if odd or (application != APPLICATION and (application or version or tables)):
        raise HistoryError(f"{str(path)!r} is a database of another program; choose another file")
    if version > len(STEPS):
        raise HistoryError(
            f"{str(path)!r} was written by a newer chatkit (its schema is {version},"
            f" this one knows {len(STEPS)}); use that chatkit, or another file"
        )
    return int(version)


def _set_up(db: sqlite3.Connection, durable: bool) -> None:
    """Make it safe against a kill, with `durable` against a power cut too, and thorough in removing."""
    (mode,) = db.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise HistoryError("a history needs a local disk: this one cannot hold SQLite's journal")
    db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    db.execute(f"PRAGMA wal_autocheckpoint = {JOURNAL}").fetchall()
    db.execute(f"PRAGMA fullfsync = {int(durable)}")  # macOS: else the disk's own memory may still hold it
    db.execute("PRAGMA secure_delete = ON").fetchall()  # what is removed is overwritten with zeros
    db.execute("PRAGMA temp_store = MEMORY")


def _migrate(db: sqlite3.Connection) -> None:
    """Take the steps that the file lacks, all or none."""
    with transaction(db):
        (version,) = db.execute("PRAGMA user_version").fetchone()
        for step in STEPS[version:]:
            db.execute(step)
        db.execute(f"PRAGMA user_version = {len(STEPS)}")
        db.execute(f"PRAGMA application_id = {APPLICATION}")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Have all that is done inside kept at the end, or nothing of it; raise `sqlite3.Error`."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
