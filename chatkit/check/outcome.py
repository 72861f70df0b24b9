"""What a check found out: one outcome for each promise, and the report that holds them all.

Plain values, which the faces (text, JSON, JUnit, a notebook's table) only read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from chatkit.check.promise import Level, Promise, Verdict
from chatkit.check.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Failure:
    """How a dialogue failed: in the step `failed`, after the steps `done`."""

    done: list[str]
    failed: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one promise; `why` says in words why it was not judged or measured."""

    promise: Promise
    verdict: Verdict
    seconds: float = 0.0
    why: str = ""
    notes: list[str] = field(default_factory=list)
    failure: Failure | None = None
    timeline: Timeline | None = None

    @property
    def name(self) -> str:
        """The promise's name."""
        return self.promise.name


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes of one check of one server."""

    server: str
    outcomes: list[Outcome]
    seconds: float

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """Each promise's verdict, by its name."""
        return {outcome.name: outcome.verdict for outcome in self.outcomes}

    def named(self, verdict: Verdict) -> list[str]:
        """Return the names of the promises with this verdict."""
        return [outcome.name for outcome in self.outcomes if outcome.verdict == verdict]

    @property
    def broken(self) -> list[str]:
        """The names of the broken promises."""
        return self.named(Verdict.BROKEN)

    @property
    def ok(self) -> bool:
        """Whether no promise was broken."""
        return not self.broken

    def summary(self) -> str:
        """Say in one line how many promises were kept, at each level."""
        parts = []
        for level in Level:
            counts = Counter(o.verdict for o in self.outcomes if o.promise.level is level)
            if counts:
                words = ", ".join(f"{counts[v]} {v}" for v in Verdict if counts[v])
                parts.append(f"{level}: {words}")
        return "; ".join(parts) + f" ({self.seconds:.1f} s)"

    def __str__(self) -> str:
        from chatkit.check.report import as_text  # the text is one of several faces

        return as_text(self)

    def _repr_html_(self) -> str:
        from chatkit.check.table import as_html

        return as_html(self)
