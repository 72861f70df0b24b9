"""One participant of a dialogue, in the words of a play: it joins, says, leaves, and expects to hear.

Each of its sentences becomes a step of the report. It knows the chat's lines only as far as Budget Chat fixes
them: the first character, and the names in a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from chatkit.check.participant import WAIT, Participant
from chatkit.check.promise import Broken
from chatkit.check.timeline import show


class Actor(Participant):
    """A participant that speaks in whole sentences; what it waits for and does not get raises `Broken`."""

    # What it does.

    def joins(self, *, after: bytes = b"", name: str | None = None) -> None:
        """Wait for the prompt, give the name (and `after`, in one piece with it), and wait to be let in."""
        self.stage.step(f"{self} joins")
        self.is_prompted()
        self.gives_name(name or self.name, after)
        self.is_let_in()

    def is_prompted(self) -> None:
        """Wait for the prompt, in whatever shape; a server without one is judged for that elsewhere."""
        manners = self.stage.room.manners
        manners.prompts &= self.stage.wait(
            lambda: bool(self.lines or self.tail or self.ended), manners.prompt
        )

    def gives_name(self, name: str, after: bytes = b"") -> None:
        """Send the name, and `after` in one piece with it."""
        self.cut_tail()
        self.asked = self.since = len(self.lines)
        self.sends(name.encode() + b"\n" + after, quietly=True)

    def is_let_in(self) -> None:
        """Wait for the list of names; a server without one is judged for that elsewhere."""
        manners = self.stage.room.manners
        manners.rosters &= self.stage.wait(lambda: bool(self.roster or self.ended), manners.roster)
        if self.ended and not self.roster:
            raise Broken(f"{self} is let in", self.seen())
        self.since = self.lines.index(self.roster, self.asked) + 1 if self.roster else len(self.lines)

    def says(self, text: str) -> None:
        """Say one line."""
        self.stage.step(f"{self} says {show(text)}")
        self.sends(f"{text}\n".encode(), quietly=True)

    def sends(self, data: bytes, *, quietly: bool = False) -> None:
        """Send bytes as they are."""
        if not quietly:
            self.stage.step(f"{self} sends {show(data)}")
        self.outbox += data
        self.flush()

    def leaves(self) -> None:
        """Leave politely: say goodbye (FIN), read what is still coming, then close."""
        self._goes("leaves politely (FIN)")
        self.shut()
        self.stage.wait(lambda: bool(self.ended), 0.3)
        self.close()

    def closes(self) -> None:
        """Close without a look at what is still unread: the kernel then resets the connection."""
        self._goes("closes, with lines unread (the kernel sends RST)")
        self.close()

    def resets(self) -> None:
        """Cut the connection (RST), as a crash does."""
        self._goes("cuts the connection (RST)")
        self.cut()

    def half_closes(self) -> None:
        """Say that nothing more will come (FIN), and go on reading."""
        self._goes("half-closes: it says goodbye (FIN) and goes on reading")
        self.shut()

    def freezes(self) -> None:
        """Stop reading, and stay connected."""
        self._goes("freezes: it stays connected and reads nothing")
        self.hold(True)

    def thaws(self) -> None:
        """Read again."""
        self.stage.step(f"{self} reads again")
        self.hold(False)

    # What it waits for; each of these raises `Broken` when it does not come.

    def hears(self, speaker: Actor, text: str, *, within: float = WAIT) -> None:
        """Expect a message of `speaker`."""
        line = f"[{speaker.name}] {text}"
        self.stage.step(f"{self} hears {show(line)}", action=False)
        self.expect(lambda: line in self.lines, f"the line {show(line)}", within)

    def hears_that_came(self, other: Actor) -> None:
        """Expect to be told that `other` has come."""
        self.stage.step(f"{self} hears that {other} has come", action=False)
        self.expect(lambda: len(self.about(other)) >= 1, f"a line that begins with * and holds {other.name}")

    def hears_that_left(self, other: Actor, *, within: float = WAIT) -> None:
        """Expect to be told that `other` has left: one more `*` line about it than while it was here."""
        self.stage.step(f"{self} hears that {other} has left", action=False)
        known = self.stage.announced(self, other)
        self.expect(
            lambda: len(self.about(other)) > known,
            f"a line that begins with * and holds {other.name}",
            within,
        )

    def is_hung_up_on(self, within: float = WAIT) -> None:
        """Expect the server to end this connection."""
        self.stage.step(f"the server hangs up on {self}", action=False)
        self.expect(lambda: bool(self.ended), f"the end of {self}'s connection", within)

    def expect(self, test: Callable[[], bool], expected: str, within: float = WAIT) -> None:
        """Wait until `test` is true; raise `Broken` after `within` seconds, or when nothing more can come."""
        if not self.stage.wait(lambda: test() or bool(self.ended), within) or not test():
            waited = "" if self.ended else f" within {within * self.stage.patience:g} s"
            raise Broken(expected + waited, self.seen())

    # What it has heard.

    @property
    def roster(self) -> str:
        """The first `*` line after it gave its name: who was there; empty if there was none."""
        return next((line for line in self.lines[self.asked :] if line.startswith("*")), "")

    def about(self, other: Actor) -> list[str]:
        """Return the `*` lines, since it joined, that hold the name of `other` as a word."""
        word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(other.name)}(?![A-Za-z0-9])")
        return [line for line in self.lines[self.since :] if line.startswith("*") and word.search(line)]

    def from_(self, speaker: Actor) -> list[str]:
        """Return the texts of the messages of `speaker`, in the order in which they came."""
        stamp = f"[{speaker.name}] "
        return [line.removeprefix(stamp) for line in self.lines if line.startswith(stamp)]

    def seen(self) -> str:
        """Say in words what it has received since anybody last did anything."""
        lines = [
            show(line) for line, when in zip(self.lines, self.times, strict=True) if when >= self.stage.acted
        ]
        words = ", ".join([f"... {len(lines) - 4} lines, then", *lines[-4:]] if len(lines) > 5 else lines)
        if self.tail:
            words += f"{', then ' if words else ''}{show(self.tail)} without a newline"
        return (words or "nothing") + (f"; and {self.ended}" if self.ended else "")

    def _goes(self, how: str) -> None:
        self.stage.step(f"{self} {how}")
        self.stage.count_notices(self)
