"""One participant of a dialogue, in the words of a play: it joins, it says, it leaves.

Each such sentence becomes a step of the report.
"""

from __future__ import annotations

from chatkit.check.listener import Listener
from chatkit.check.promise import Broken
from chatkit.check.timeline import show


class Actor(Listener):
    """A participant that speaks in whole sentences."""

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
        self.joined = True
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

    def _goes(self, how: str) -> None:
        self.stage.step(f"{self} {how}")
        self.stage.count_notices(self)
