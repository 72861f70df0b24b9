"""One look at the board: its rows and what could not be seen, as text for a saved notebook and as a page."""

from dataclasses import dataclass

from chatkit.lab.board_html import as_html, as_table
from chatkit.lab.board_row import Row, Verdict
from chatkit.lab.board_text import as_text


@dataclass(frozen=True, slots=True)
class Look:
    """The rows as they were at one moment; `missing` says in sentences what cannot be seen here."""

    rows: tuple[Row, ...]
    missing: tuple[str, ...] = ()

    @property
    def is_passing(self) -> bool:
        """Whether some thread is just at work, and may be at rest in a moment."""
        return any(row.is_passing for row in self.rows)

    @property
    def text(self) -> str:
        """The board without any number that differs from run to run."""
        return as_text(self.rows, self.missing)

    @property
    def numbers(self) -> str:
        """The board with rates and bytes."""
        return as_text(self.rows, self.missing, numbers=True)

    @property
    def html(self) -> str:
        """The board as a piece of a page, with all its text escaped; its style is `board.css`."""
        return as_html(self.rows, self.missing)

    def who(self, verdict: str) -> tuple[str, ...]:
        """Return who has this verdict."""
        return tuple(row.who for row in self.rows if row.verdict == Verdict(verdict))

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": as_table(self.rows, self.missing), "text/plain": self.text}

    def __str__(self) -> str:
        return self.text
