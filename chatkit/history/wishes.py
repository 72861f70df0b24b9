"""Wishes to be forgotten: each is kept until the file lets it be done, and all of them share a little time.

However many there are, they are one pass through the file. What a pass takes is measured whole; there is no
other until it is a small part of all time again.
"""

import sqlite3
import time
from collections import Counter
from contextlib import suppress

from chatkit.history.allowance import Allowance
from chatkit.history.store import Store

FORGETTING = 0.05  # of all time at most: nobody can hold up the room by saying /forget all day
SAVED = 1.0  # seconds of it at most that a quiet time leaves for later
UNTOLD = 1000  # names that are still to be told how many of their lines went


class Wishes:
    """Know whose lines are to be removed, and of whom the file may still hold pieces."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._removed = Counter[str]()  # lines of these names, and nobody has been told yet
        self._owes_scrub = False  # the file may still hold pieces of what somebody had removed
        self._allowance = Allowance(FORGETTING, SAVED)

    @property
    def are_owed(self) -> bool:
        """Whether the file still holds anything of anybody who wants to be forgotten."""
        return bool(self._names) or self._owes_scrub

    def add(self, name: str) -> None:
        """Note that every line of `name` is to be removed."""
        self._names.add(name.lower())

    def answer(self, name: str) -> int | None:
        """Return how many lines of `name` went, or None if they are not all gone for good yet."""
        name = name.lower()
        return None if name in self._names or self._owes_scrub else self._removed.pop(name, 0)

    def has_time(self) -> bool:
        """Say whether it is time for another pass."""
        return self._allowance.is_left(time.monotonic())

    def fulfil(self, store: Store) -> bool:
        """Remove all that is to be removed, as far as the file lets us; return whether any line went."""
        begun, removed = time.monotonic(), Counter[str]()
        with suppress(sqlite3.Error):
            if self._names:
                removed = store.forget(self._names)
                self._note(removed)
            if self._owes_scrub:
                self._owes_scrub = not store.scrub()
        self._allowance.spend(time.monotonic() - begun)
        return bool(removed)

    def _note(self, removed: Counter[str]) -> None:
        self._names.clear()
        self._owes_scrub |= bool(removed)
        self._removed.update(removed)
        for name in [*self._removed][:-UNTOLD]:  # who never asks again
            del self._removed[name]
