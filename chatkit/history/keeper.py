"""A history while a server runs: what cannot be kept is counted, told once, and never waited for.

The switchboard's thread calls. Nothing is retried while it waits: the next round, or the next tick, is the
next try.
"""

import logging
import sqlite3
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from os import PathLike
from pathlib import Path

from chatkit.history.allowance import Allowance
from chatkit.history.pause import Pause
from chatkit.history.retention import Retention
from chatkit.history.schema import HistoryError, absolute, cannot, open_to_write, reason
from chatkit.history.store import Store
from chatkit.history.times import as_words
from chatkit.messages import Remembered

UPKEEP = 1.0  # seconds between two looks at what is too old, and at what is still owed
FORGETTING = 0.05  # of all time at most: nobody can hold up the room by saying /forget all day
UNTOLD = 1000  # names that are still to be told how many of their lines went

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
        self._wishes: set[str] = set()  # names that are to be forgotten, and are not yet
        self._removed = Counter[str]()  # lines of these names, and nobody has been told yet
        self._owes_scrub = False  # the file may still hold pieces of what somebody had removed
        self._allowance = Allowance(FORGETTING, 1.0)
        self._pause = Pause()
        self._next_look = 0.0
        self._changes = 0  # how often others have changed the file
        self._place: object = None  # which file it is, whatever its name is by now

    def open(self) -> None:
        """Open the file, or make one that its owner alone can read; raise `HistoryError`."""
        self._store = Store(open_to_write(self.path, self.durable))
        self._place = _place(self.path)
        try:
            if self.retention.hold(self._store, search=True):
                self._store.scrub()
            self._read_last()
        except sqlite3.Error as error:
            self._store.close()
            raise cannot(self.path, error) from error

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
        name = name.lower()
        self._wishes.add(name)
        if self._has_time():
            self._fulfil()
        return None if name in self._wishes or self._owes_scrub else self._removed.pop(name, 0)

    def close(self) -> None:
        """Write what is still owed, and let go of the file."""
        self._settle()
        self._fulfil()
        self._store.close()
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
        if self._has_time():
            self._fulfil()
        with suppress(sqlite3.Error):
            if self.retention.hold(self._store) or self._store.changes() != self._changes:
                self._read_last()  # another program may have removed lines too

    def _follow(self) -> None:
        """Begin a new file if somebody has moved this one or removed it; it must still hold every no."""
        if _place(self.path) == self._place:
            return
        with suppress(sqlite3.Error):  # an earlier try may have closed it
            self._choices = {**self.choices(), **self._choices}
            self._store.scrub()  # what is only in the journal must go with the old file
        self._store.close()
        self._place = None
        with suppress(HistoryError):
            self.open()
            log.warning("%s was moved or removed; a new one is begun", self.path)

    def _settle(self) -> None:
        self._has_chosen = False
        with suppress(sqlite3.Error):
            if self._choices:
                self._store.set_refusals(self._choices)
                self._choices.clear()

    def _has_time(self) -> bool:
        return self._allowance.is_left(time.monotonic())

    def _fulfil(self) -> None:
        """Remove the lines of all who have asked, if the file lets us: one pass, however many they are."""
        begun = time.monotonic()
        with suppress(sqlite3.Error):
            if self._wishes:
                self._note(self._store.forget(self._wishes))
                self._read_last()
            if self._owes_scrub:
                self._owes_scrub = not self._store.scrub()
        self._allowance.spend(time.monotonic() - begun)

    def _note(self, removed: Counter[str]) -> None:
        self._wishes.clear()
        self._owes_scrub |= bool(removed)
        self._removed.update(removed)
        for name in [*self._removed][:-UNTOLD]:  # who never asks again
            del self._removed[name]

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
