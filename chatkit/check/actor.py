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


def holds(line: str, name: str) -> bool:
    """Say whether a line holds a name as a whole word."""
    return name in line and re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", line) is not None


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

    def hears_all(self, speaker: Actor, texts: list[str]) -> None:
        """Expect these messages of `speaker`, in this order, each once; each that comes gives new time."""
        self.stage.step(f"{self} hears {len(texts)} lines of {speaker}, in order, each once", action=False)
        heard = -1
        while heard < len(self.lines) and len(self._among(speaker, texts)) < len(texts) and not self.ended:
            heard = len(self.lines)
            self.stage.wait(lambda: len(self._among(speaker, texts)) >= len(texts) or bool(self.ended), WAIT)
        if (got := self._among(speaker, texts)) != texts:
            raise Broken(
                f"{len(texts)} lines, from {show(texts[0])} to {show(texts[-1])}", _astray(got, texts)
            )

    def has_heard_once_that_left(self, *others: Actor) -> None:
        """Expect not to have been told twice that somebody has left."""
        self.stage.step(f"{self} has heard it once", action=False)
        for other in others:
            news = self.about(other)[self.stage.announced(self, other) :]
            if len(news) != 1:
                raise Broken(f"one line that begins with * and holds {other}", ", ".join(map(show, news)))

    def hears_only_chat_lines(self) -> None:
        """Expect each line since it joined to begin with [name] or *, and its own name not to be buried."""
        self.stage.step(f"{self} has heard only lines that begin with [name] or *", action=False)
        for line in self.lines[self.since :]:
            if not re.match(r"\*|\[[A-Za-z0-9]+\]( |$)|!", line):
                raise Broken("only lines that begin with [name] or *", show(line))

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
        return [line for line in self.star_lines() if holds(line, other.name)]

    def star_lines(self) -> list[str]:
        """Return all lines about the room since it joined."""
        return [line for line in self.lines[self.since :] if line.startswith("*")]

    def knows_of(self, other: Actor) -> bool:
        """Say whether it has been told of `other`, when it joined or later."""
        return any(line.startswith("*") and holds(line, other.name) for line in self.lines[self.asked :])

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

    def _among(self, speaker: Actor, texts: list[str]) -> list[str]:
        wanted = set(texts)
        return [text for text in self.from_(speaker) if text in wanted]

    def _goes(self, how: str) -> None:
        self.stage.step(f"{self} {how}")
        self.stage.count_notices(self)


def _astray(got: list[str], texts: list[str]) -> str:
    """Say in words where the lines that came differ from those that were to come."""
    missing = [text for text in texts if text not in set(got)]
    if missing:
        return f"{len(got)} of them; the first that is missing is {show(missing[0])}"
    at = next(i for i, text in enumerate(got) if i >= len(texts) or text != texts[i])
    return f"all of them, but {show(got[at])} came out of order or twice"
