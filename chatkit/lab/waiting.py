"""Waiting for what must happen: always with a deadline, and with a sentence about what was seen instead.

Whatever has a name and a `text` can be waited for: a person, or a pane.
"""

from collections.abc import Callable
from typing import Protocol

from chatkit.check.deadline import comes_true


class Reader(Protocol):
    """Anybody whose view of a room can be read."""

    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...


def wait_for(line: str, *readers: Reader, timeout: float = 5.0) -> None:
    """Wait until each reader shows `line`; raise `TimeoutError` after `timeout` seconds.

    Capitals do not matter, nor does a full stop.
    """
    for reader in readers:
        if not sees(reader, line, timeout):
            raise TimeoutError(
                f"{reader.name} did not see {line!r} in {timeout:g} seconds, but:\n{reader.text}"
            )


def wait_until(test: Callable[[], object], what: str, timeout: float = 5.0) -> None:
    """Wait until `test()` is true; raise `TimeoutError` after `timeout` seconds, which names `what`."""
    if not comes_true(test, timeout):
        raise TimeoutError(f"{timeout:g} seconds have passed, and still not: {what}")


def who_heard(words: str, *readers: Reader, timeout: float = 5.0) -> str:
    """Tell for each reader whether it said `words` and who heard it, for which it has `timeout` seconds."""
    return "\n".join(_tell(words, speaker, readers, timeout) for speaker in readers)


def sees(reader: Reader, line: str, timeout: float) -> bool:
    """Say whether the reader shows `line` within `timeout` seconds."""
    return comes_true(lambda: _plain(line) in map(_plain, reader.text.splitlines()), timeout)


def _tell(words: str, speaker: Reader, readers: tuple[Reader, ...], timeout: float) -> str:
    if not sees(speaker, f"> {words}", 0):
        return f"{speaker.name} has not said it yet"
    others = [reader for reader in readers if reader is not speaker]
    deaf = [other.name for other in others if not sees(other, f"[{speaker.name}] {words}", timeout)]
    if deaf:
        return f"{speaker.name} said it, but it did not reach {' and '.join(deaf)}"
    return f"{speaker.name} said it, and {' and '.join(other.name for other in others)} heard it"


def _plain(line: str) -> str:
    return line.casefold().rstrip(" .!")
