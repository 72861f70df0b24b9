"""What exercises there are, and what belongs to each: a folder of plain files.

An answer that is kept here, right or wrong, begins with a line in three quotation marks: the message that it
earns. What follows is what a learner sees or writes. This file runs none of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatkit.exercises.exam import Exam

NAMES = (
    "calls",
    "lines",
    "callers",
    "broadcast",
    "goodbye",
    "funeral",
    "leaving",
)  # in the order of the lessons
READING = "your answer is read"  # the first step of every task
HERE = Path(__file__).parent


class NoSuchExercise(Exception):
    """There is no exercise of that name; the text says which there are."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An answer that is kept with the exercise, and the message that it earns."""

    message: str
    code: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: `asks` what is to be done, `proves` what a right answer shows, each in one sentence."""

    name: str
    lesson: int
    asks: str
    proves: str
    hints: tuple[str, ...]
    starter: Sample
    reference: Sample
    wrong: dict[str, Sample]


def exercise(name: str) -> Exercise:
    """Return the exercise called `name`; raise `NoSuchExercise` if there is none."""
    if name not in NAMES:
        near = get_close_matches(name, NAMES, n=1)
        raise NoSuchExercise(
            f"there is no exercise {name!r}; " + (f"did you mean {near[0]}?" if near else _all())
        )
    task, folder = import_module(f"{__package__}.{name}.task"), HERE / name
    return Exercise(
        name,
        task.LESSON,
        (task.__doc__ or "").partition("\n")[0],
        task.PROVES,
        tuple((folder / "hints.txt").read_text(encoding="utf-8").strip().split("\n\n")),
        _sample(folder / "starter.py"),
        _sample(folder / "reference.py"),
        {path.stem: _sample(path) for path in sorted(folder.glob("wrong_*.py"))},
    )


def exercises() -> list[Exercise]:
    """Return all exercises, in the order of the lessons."""
    return [exercise(name) for name in NAMES]


def task_of(name: str) -> "Callable[[Exam], None]":
    """Return what examines an answer to the exercise `name`."""
    check: Callable[[Exam], None] = import_module(f"{__package__}.{name}.task").check
    return check


def _sample(path: Path) -> Sample:
    message, _, code = path.read_text(encoding="utf-8").partition("\n")
    return Sample(message.removeprefix("r").removeprefix('"""').removesuffix('"""'), code.lstrip("\n"))


def _all() -> str:
    return f"there are: {', '.join(NAMES)}"
