"""One file belongs to one server: who keeps a history holds a lock beside it, for as long.

The lock is the system's, on an empty file of its own: whoever dies lets go of it. It is not on the history
itself, for to close any descriptor of that file would take from this process SQLite's own locks on it.
Windows has no such lock; there, nothing keeps a second server out.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from weakref import WeakSet

from chatkit.history.schema import HistoryError, cannot

if sys.platform != "win32":
    import fcntl

TRIES = 100  # each time somebody has come and gone in the moment between two calls


class Lock:
    """Keep other servers from the history at `path`, in this process too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: tuple[str, int] | None = None  # the lock's file, and the descriptor that has it
        _locks.add(self)

    def take(self) -> None:
        """Take it; raise `HistoryError` if another server has it."""
        if sys.platform == "win32":
            return
        try:
            file = self._file()
            self._held = file, _locked(file)
        except BlockingIOError as error:
            sentence = f"{str(self._path)!r} is kept by another server; stop that one, or choose another file"
            raise HistoryError(sentence) from error
        except (OSError, ValueError) as error:
            raise cannot(self._path, error) from error

    def renew(self) -> None:
        """Take it anew if its file is gone, as when the folder was moved; raise `HistoryError`."""
        if not (self._held and self._held[0] == self._file() and _is_there(*self._held)):
            self.let_go()
            self.take()

    def let_go(self) -> None:
        """Let go, and remove its file."""
        if sys.platform == "win32" or not self._held:
            return
        (file, descriptor), self._held = self._held, None
        with suppress(OSError):  # its folder may be gone
            if _is_there(file, descriptor):
                os.unlink(file)
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # to close it does not do while a forked child has a copy
        os.close(descriptor)

    def leave_to_parent(self) -> None:
        """In a forked child: close this process's copy, or the lock would be held until the child ends."""
        if self._held:
            os.close(self._held[1])
        self._held = None

    def _file(self) -> str:
        """Return where it is: beside the file itself, not beside a link to it, as SQLite's journals are."""
        return f"{os.path.realpath(self._path)}-lock"


def _locked(file: str) -> int:
    """Return a descriptor that has the lock; raise `BlockingIOError` if another has it."""
    for _ in range(TRIES):
        descriptor = os.open(file, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
        try:
            _lock(descriptor)
            if _is_there(file, descriptor):  # else, who had it has removed it in this moment
                return descriptor
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)
    raise BlockingIOError


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:  # this disk knows no such locks: it is as on Windows
        pass


def _is_there(file: str, descriptor: int) -> bool:
    """Say whether the file of this name is the one that is open."""
    try:
        return os.path.samestat(os.stat(file), os.fstat(descriptor))
    except OSError:
        return False


_locks: WeakSet[Lock] = WeakSet()


def _leave_all_to_parent() -> None:
    for lock in list(_locks):
        lock.leave_to_parent()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_leave_all_to_parent)
