"""`chatkit check --exercise NAME FILE` and `chatkit progress`: what a notebook's cells do, in a terminal.

The check judges servers and knows nothing of exercises, so its command learns of them here. Exit status: 0
passed (or listed), 1 not yet, 2 there was nothing to grade.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ANSWERS = (Path("answers"), Path("notebooks/answers"))


def extend_check(parser: argparse.ArgumentParser) -> None:
    """Give the command `check` the option --exercise."""
    parser.add_argument("--exercise", metavar="NAME", help="grade FILE as a lesson's exercise")
    judge: Callable[[argparse.Namespace], int] = parser.get_default("run")
    parser.set_defaults(run=lambda options: grade(options) if options.exercise else judge(options))


def add_parser(commands: Any) -> None:
    """Add the command `progress`."""
    parser = commands.add_parser(
        "progress", help="list a learner's exercises", description="List which exercises pass."
    )
    parser.add_argument("answers", nargs="?", metavar="FOLDER", help="where the answers are (answers)")
    parser.set_defaults(run=show_progress)


def grade(options: argparse.Namespace) -> int:
    """Grade one file, and return the exit status."""
    from chatkit import exercises  # only when it is asked for: this takes a while
    from chatkit.check.interrupting import interruptible

    name = options.exercise
    if len(options.server) != 1:
        return _refuse(f"which file? chatkit check --exercise {name} FILE")
    file = Path(options.server[0])
    try:
        exercises.exercise(name)
        file.read_bytes()
        with interruptible():
            result = exercises.grade(name, file, options.patience)
    except exercises.NoSuchExercise as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"cannot read {file}: {error.strerror}")
    except KeyboardInterrupt:
        return _refuse("interrupted")
    print(result.text)
    return 0 if result.passed else 1


def show_progress(options: argparse.Namespace) -> int:
    """List all exercises and which of them pass."""
    from chatkit import exercises

    folder = Path(options.answers) if options.answers else next(filter(Path.is_dir, ANSWERS), ANSWERS[0])
    print(exercises.Progress(folder))
    return 0


def _refuse(sentence: str) -> int:
    print(f"chatkit check: {sentence}", file=sys.stderr)
    return 2
