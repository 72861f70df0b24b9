"""A history while a server runs: what cannot be kept is counted, told once, and never waited for.

The switchboard's thread calls. Nothing is retried while it waits: the next round, or the next tick, is the
next try.
"""

import logging
import sqlite3
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from os import PathLike
from pathlib import Path

from chatkit.history.lock import Lock
from chatkit.history.pause import Pause
from chatkit.history.retention import Retention
from chatkit.history.schema import OPENING, HistoryError, absolute, cannot, open_to_write, reason
from chatkit.history.store import Store
from chatkit.history.times import as_words
from chatkit.history.wishes import Wishes
from chatkit.messages import Remembered

CLOSING = 0.5  # seconds to wait for a lock at the end
UPKEEP = 1.0  # seconds between two looks at what is too old, and at what is still owed

log = logging.getLogger("chatkit.history")


class History:
    """Keep what is said in the SQLite file `path`: a line is committed before anybody is sent it.

    A newcomer is told the last `replay` lines. If it `asks`, nobody is recorded who has not said so. Lines
    older than `keep`, and those before the last `keep_lines`, are removed. What is committed survives the
    end of the process, however it ends; with `durable`, which is slower, a power cut too.
    """

    _store: Store

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        replay: int = 20,
        asks: bool = False,
        durable: bool = False,
        keep: timedelta | None = None,
        keep_lines: int | None = None,
    ) -> None:
        self.path = absolute(path)  # who calls `os.chdir` in a notebook goes on in the same file
        self.replay, self.asks, self.durable = replay, asks, durable
        self.retention = Retention(keep, keep_lines)
        self._last: deque[Remembered] = deque(maxlen=replay)
        self._choices: dict[str, bool] = {}  # not written yet
        self._has_chosen = False  # and nobody has tried to
        self._wishes = Wishes()  # of those who are to be forgotten, and are not yet
        self._pause = Pause()
        self._next_look = 0.0
        self._changes = 0  # how often others have changed the file
        self._lock = Lock(self.path)
        self._place: object = None  # which file is open, whatever its name is by now

    def open(self) -> None:
        """Open the file, or make one that its owner alone can read; raise `HistoryError`."""
        self._lock.take()
        try:
            self._open(starts=True)
        except BaseException:
            self._lock.let_go()
            raise

    def choices(self) -> Mapping[str, bool]:
        """Return the names that said no, in small letters: a yes does not outlive a server, a no does."""
        return {name.lower(): False for name in self._store.refusals()}

    def record(self, said: Sequence[tuple[str, str]]) -> str | None:
        """Commit these names and texts in one transaction; return what everybody must know, if it is new."""
        now = time.monotonic()
        if self._has_chosen:
            self._settle()
        if self._pause.waits(now):
            self._pause.missed += len(said)
            return None
        news = self._keep(said, now) if said or self._pause.is_on else None
        if now >= self._next_look:
            self._next_look = now + UPKEEP
            self._look_after()
        return news

    def last(self) -> Sequence[Remembered]:
        """Return the last `replay` lines of the file, oldest first."""
        return self._last

    def choose(self, name: str, recorded: bool) -> None:
        """Write down a choice at the next `record`, or as soon as the file takes it."""
        self._choices[name.lower()] = recorded
        self._has_chosen = True  # somebody who says it all day costs one transaction a round

    def forget(self, name: str) -> int | None:
        """Remove every line of `name` from the file and its journal; return how many, or None: not yet.

        It is done later if somebody has locked the file or reads it, or if such wishes take too much time.
        """
        self._wishes.add(name)
        if self._wishes.has_time():
            self._fulfil()
        return self._wishes.answer(name)

    def close(self) -> None:
        """Write what is still owed, and let go of the file; nobody is served now, so a lock is waited for."""
        with suppress(sqlite3.Error):
            self._store.wait_for_locks(CLOSING)
        self._settle()
        self._fulfil()
        if self._wishes.are_owed:
            log.warning("%s is in use, so somebody who asked to be forgotten is still in it", self.path)
        self._store.close()
        self._lock.let_go()
        if self._pause.is_on:
            log.warning("%d lines were not kept", self._pause.missed)

    def _keep(self, said: Sequence[tuple[str, str]], now: float) -> str | None:
        at = int(time.time() * 1000)
        try:
            self._store.add(at, said) if said else self._store.probe()
        except sqlite3.Error as error:
            return self._pause.fail(reason(error), len(said), now)
        when = as_words(at)
        newest = said[-self.replay :] if self.replay else ()
        self._last.extend([Remembered(when, name, text) for name, text in newest])
        return self._pause.succeed(now)

    def _look_after(self) -> None:
        self._follow()
        self._settle()
        if self._wishes.has_time():
            self._fulfil()
        with suppress(sqlite3.Error):
            if self.retention.hold(self._store) or self._store.changes() != self._changes:
                self._read_last()  # another program may have removed lines too

    def _follow(self) -> None:
        """Begin a new file if somebody has moved this one or removed it; it must still hold every no."""
        if self._place and self._place == _place(self.path):
            return
        with suppress(sqlite3.Error):  # an earlier try may have closed it
            self._choices = {**self.choices(), **self._choices}
            self._fulfil()
            if not self._store.empty_journal():  # what is only in there must go with the old file
                return  # when nobody reads it any more
        self._store.close()
        self._place = None
        with suppress(HistoryError):
            self._lock.renew()
            self._open(starts=False)
            log.warning("%s was moved or removed; a new one is begun", self.path)

    def _open(self, *, starts: bool) -> None:
        """Open the file; only before a server serves, a lock is waited for, and all of it looked through."""
        self._store = Store(open_to_write(self.path, self.durable, OPENING if starts else 0.0))
        place = _place(self.path)
        try:
            if starts and self.retention.hold(self._store, search=True):
                self._store.scrub()
            self._read_last()
        except sqlite3.Error as error:
            self._store.close()
            raise cannot(self.path, error) from error
        self._place = place  # last: what has failed half-way is tried again

    def _settle(self) -> None:
        self._has_chosen = False
        with suppress(sqlite3.Error):
            if self._choices:
                self._store.set_refusals(self._choices)
                self._choices.clear()

    def _fulfil(self) -> None:
        with suppress(sqlite3.Error):
            if self._wishes.fulfil(self._store):
                self._read_last()

    def _read_last(self) -> None:
        self._changes = self._store.changes()
        lines = self._store.last(self.replay)
        self._last = deque([Remembered(as_words(at), name, text) for at, name, text in lines], self.replay)


def _place(path: Path) -> object:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
