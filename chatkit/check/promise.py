"""A promise is one sentence about chat servers, and a short dialogue that puts it to the test.

This file knows no socket and no server: it says what a promise is, which levels there are, and how a dialogue
says that a promise was broken. The dialogues themselves are the files in `promises`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatkit.check.stage import Stage

Play = Callable[["Stage"], None]

LESSONS = (
    "A room in five minutes",
    "One call at a time",
    "Bytes, not messages",
    "The second caller",
    "The room",
    "The goodbye nobody hears",
    "The wrong funeral",
    "Four ways to leave",
    "Two threads, one list",
    "The slow reader",
    "Stop, start, again",
    "Strangers",
    "What the room remembers",
    "Other engines, and the museum",
)


class Level(StrEnum):
    """How much is asked: Budget Chat to the letter, a room that lasts, or chatkit's own word as well."""

    SPEC = "spec"
    STURDY = "sturdy"
    CHATKIT = "chatkit"


class Verdict(StrEnum):
    """What became of a promise; `NOTED` is legal but unwise, and breaks nothing."""

    KEPT = "kept"
    BROKEN = "broken"
    NOTED = "noted"
    NOT_JUDGED = "not judged"
    NOT_MEASURED = "not measured"


class Broken(Exception):
    """The server did not do what was promised: `expected` and `got` are each a few words."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(f"expected {expected}, got {got}")
        self.expected, self.got = expected, got


class NoConnection(Broken):
    """The server could not be reached at all."""


class NotMeasured(Exception):
    """This cannot be seen here; the text says why."""


class CannotRun(Exception):
    """There is no server to judge; the text says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise; `about` is a hint, and `lesson` the number of the lesson that treats it.

    Without a `basic` one nothing else can be judged. A `measured` one needs the server's process at hand, and
    a `slow` one may take ten seconds of a good server's time. A matter of luck is tried `tries` times.
    """

    play: Play
    level: Level
    about: str
    lesson: int
    basic: bool = False
    measured: bool = False
    slow: bool = False
    tries: int = 1

    @property
    def name(self) -> str:
        """The name by which `--only` calls it."""
        return self.play.__name__

    @property
    def sentence(self) -> str:
        """What is promised, in one sentence."""
        return (self.play.__doc__ or self.name).strip().partition("\n")[0]

    @property
    def hint(self) -> str:
        """What to think of when it is broken, and which lesson is about that."""
        return f"{self.about} (lesson {self.lesson}, {LESSONS[self.lesson]})"


#: every promise by its name, in the order in which they are judged
PROMISES: dict[str, Promise] = {}


def promise(
    level: Level,
    *,
    about: str,
    lesson: int,
    basic: bool = False,
    measured: bool = False,
    slow: bool = False,
    tries: int = 1,
) -> Callable[[Play], Play]:
    """Make a dialogue a promise; the first line of its docstring is the sentence that is shown."""

    def register(play: Play) -> Play:
        made = Promise(play, level, about, lesson, basic, measured, slow, tries)
        PROMISES[made.name] = made
        return play

    return register
