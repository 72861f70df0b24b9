"""How far a learner has come: a small JSON file beside the answers, which survives every kernel.

It is read anew each time and replaced as a whole, so two notebooks do not tear it. A file that cannot be read
or written costs nothing but the memory: `trouble` says it in one sentence, and nothing is raised.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from chatkit.exercises.exercise import NAMES, exercises

FILE = "progress.json"

Facts = dict[str, dict[str, Any]]


class Progress:
    """The progress that is kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trouble = ""  # what went wrong last, in one sentence

    def passed(self, name: str) -> bool:
        """Say whether an answer to the exercise `name` has passed."""
        return self._load().get(name, {}).get("passed") is True

    def tried(self, name: str) -> bool:
        """Say whether the exercise `name` has been answered."""
        return "passed" in self._load().get(name, {})

    def note_answer(self, name: str, passed: bool) -> None:
        """Remember an answer; who has passed has passed."""
        self._change(name, {"passed": passed or self.passed(name)})

    def next_hint(self, name: str, count: int) -> int:
        """Count one hint more, and return the number of the one to show, from 1 to `count`."""
        seen = self._load().get(name, {}).get("hints")
        number = min(seen + 1 if isinstance(seen, int) and seen >= 0 else 1, count)
        self._change(name, {"hints": number})
        return number

    def choice(self, question: str) -> str:
        """Return what was chosen as the answer to a question; empty if nothing was."""
        chosen = self._load().get("choices", {}).get(question)
        return chosen if isinstance(chosen, str) else ""

    def choose(self, question: str, choice: str) -> None:
        """Remember a choice."""
        self._change("choices", {question: choice})

    def __str__(self) -> str:
        rows = [f"  lesson {each.lesson}  {each.name:<10} {self._word(each.name)}" for each in exercises()]
        passed = sum(self.passed(name) for name in NAMES)
        trouble = [self.trouble] if self.trouble else []
        return "\n".join([f"{passed} of {len(NAMES)} exercises pass", *rows, *trouble])

    __repr__ = __str__

    def _word(self, name: str) -> str:
        return "passed" if self.passed(name) else "tried" if self.tried(name) else "not yet"

    def _load(self) -> Facts:
        path = self.folder / FILE
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(found, dict):
                raise ValueError("no table")
            return {str(name): facts for name, facts in found.items() if isinstance(facts, dict)}
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.trouble = f"Your progress could not be read: {error.strerror}."
        except (ValueError, RecursionError):
            self.trouble = "Your progress could not be understood; it begins anew, and your answers are safe."
            with suppress(OSError):
                path.replace(path.with_suffix(".broken"))
        return {}

    def _change(self, name: str, facts: dict[str, Any]) -> None:
        everything = self._load()
        everything.setdefault(name, {}).update(facts)
        try:
            save(self.folder / FILE, json.dumps(everything, indent=1, ensure_ascii=False) + "\n")
        except OSError as error:
            self.trouble = f"Your progress could not be saved: {error.strerror}."


def save(path: Path, text: str) -> None:
    """Write a file as a whole or not at all, and make its folder; raise OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
