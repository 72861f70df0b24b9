"""What came of an answer, in words that are the same every time: one plain sentence, then the steps.

The text is what counts; the table for notebooks is the same text, escaped, with a line of colour beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from chatkit.check.outcome import Failure
from chatkit.check.report import story
from chatkit.exercises.exercise import Exercise

GOOD, BAD = "#2e9e5b", "#d9822b"  # each reads on white and on black
SHOWN = 10  # lines of what the answer printed


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an answer to `exercise`: one `sentence`, the steps `done`, and how the next one failed.

    `read` says that the answer ran through to its end when it was read, so it may be run elsewhere.
    """

    exercise: Exercise
    passed: bool
    sentence: str
    done: list[str] = field(default_factory=list)
    failed: str = ""
    expected: str = ""
    got: str = ""
    printed: str = ""
    read: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """The one sentence that says it all."""
        return f"{self.exercise.name}: {'passed. ' if self.passed else 'not yet. '}{self.sentence}"

    @property
    def text(self) -> str:
        """The whole of it, as plain lines."""
        return "\n".join([self.heading, *self._details()])

    def __repr__(self) -> str:
        return "\n".join([self.text, *self._also()])

    def _repr_html_(self) -> str:
        colour = GOOD if self.passed else BAD
        details = escape("\n".join([*self._details(), *self._also()]).strip("\n"))
        return (
            f'<div style="border-left: 4px solid {colour}; padding-left: 0.8em">'
            f"<strong>{escape(self.heading)}</strong>"
            f'<pre style="white-space: pre-wrap">{details}</pre></div>'
        )

    def _details(self) -> list[str]:
        if self.passed:
            return [f"  {len(self.done)} steps, all done"]
        rows = story(Failure(self.done, self.failed, self.expected, self.got))
        rows = [row for row in rows if row.split() not in (["expected"], ["got"])]
        return ["", *rows, *self._output()]

    def _output(self) -> list[str]:
        lines = self.printed.splitlines()
        more = [f"{'':<16}..."] if len(lines) > SHOWN else []
        rows = [f"{'':<16}{line[:80]}" for line in lines[:SHOWN]]
        return ["  printed", *rows, *more] if rows else []

    def _also(self) -> list[str]:
        hints = len(self.exercise.hints)
        stuck = [] if self.passed else [f"Stuck? hint() gives the first of {hints} hints, then the next."]
        return ["", *self.notes, *stuck] if self.notes or stuck else []
