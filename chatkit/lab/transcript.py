"""What one person saw, row by row: rows only ever get added, and their numbers only ever rise.

A view that is told the same rows twice can therefore skip those it has. As text, a line from the server
stands as it came, what the person sent begins with `>`, and what only the pane has to say with `--`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatkit.messages import Message, Remembered, Reply, Roster, Said, decode_text

KEEP = 500  # rows
LONGEST = (
    10_000  # characters of a row: twice the longest line of chatkit's own server, but for a list of names
)

Kind = Literal["said", "remembered", "own", "reply", "notice", "remark", "trouble"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: who speaks (empty if nobody), the words to show, and the plain `line` for the text."""

    number: int
    kind: Kind
    name: str
    words: str
    line: str


class Transcript:
    """Keep the last 500 rows; one thread adds them, and any thread may read."""

    def __init__(self) -> None:
        self.rows: tuple[Row, ...] = ()  # replaced and never changed, so that reading needs no lock
        self._count = 0

    @property
    def text(self) -> str:
        """All rows as plain lines."""
        return "\n".join(row.line for row in self.rows)

    def hear(self, message: Message) -> None:
        """Add what the server sent."""
        line = str(message)
        match message:
            case Said(name, text):
                self._add("said", name, text, line)
            case Remembered(when, name, text):
                self._add("remembered", name, f"({_local(when)}) {text}", line)
            case Reply(text):
                self._add("reply", "", text, line)
            case Roster(""):
                self._add("notice", "", "The room contains: nobody else", line)
            case _:
                self._add("notice", "", line.removeprefix("* "), line)

    def own(self, name: str, sent: str) -> None:
        """Add what the person sent, as the others get to see it."""
        words = decode_text(sent.encode("utf-8", "replace"))
        self._add("own", name, words, f"> {words}")

    def remark(self, sentence: str, *, trouble: bool = False) -> None:
        """Add a sentence of the pane's own."""
        self._add("trouble" if trouble else "remark", "", sentence, f"-- {sentence}")

    def _add(self, kind: Kind, name: str, words: str, line: str) -> None:
        self._count += 1
        self.rows = (*self.rows[1 - KEEP :], Row(self._count, kind, name, _cut(words), _cut(line)))


def _cut(text: str) -> str:
    return (
        text if len(text) <= LONGEST else f"{text[:LONGEST]} ... and {len(text) - LONGEST:,} more characters"
    )


def _local(when: str) -> str:
    """Return the time of a remembered line as it was here; what is no time, as it came."""
    try:
        return f"{datetime.fromisoformat(when).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return when
