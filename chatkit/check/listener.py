"""What a participant hears, and what it expects to hear: each expectation is a step of the report.

It knows the chat's lines only as far as Budget Chat fixes them: the first character, and the names in a line.
All that has ever been heard is kept, so no goodbye is lost because something else was waited for.
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


class Listener(Participant):
    """A participant that expects to hear; what it waits for and does not get raises `Broken`."""

    def hears(self, speaker: Participant, text: str, *, within: float = WAIT) -> None:
        """Expect a message of `speaker`."""
        line = f"[{speaker.name}] {text}"
        self.stage.step(f"{self} hears {show(line)}", action=False)
        self.expect(lambda: line in self.lines, f"the line {show(line)}", within)

    def hears_line(self, line: str, *, within: float = WAIT) -> None:
        """Expect a line in exactly these words."""
        self.stage.step(f"{self} hears {show(line)}", action=False)
        self.expect(lambda: line in self.lines, f"the line {show(line)}", within)

    def hears_reply(self, *words: str) -> None:
        """Expect a line that begins with ! and holds all these words."""
        self.stage.step(f"{self} hears a line that begins with ! and holds {', '.join(words)}", action=False)
        self.expect(lambda: self._replied(words), f"a ! line with {', '.join(words)}")

    def is_told_off(self, word: str, *, within: float = WAIT) -> None:
        """Expect one line that begins with ! and holds `word`, and then the end of the connection."""
        self.stage.step(f"{self} is told why in one ! line that holds {word!r}, and hung up on", action=False)
        expected = f"one ! line that holds {word!r}, and the end of the connection"
        self.expect(lambda: bool(self.ended), expected, within)
        if not self._replied((word,)) or sum(line.startswith("!") for line in self.lines) != 1:
            raise Broken(expected, self.seen())

    def hears_that_came(self, other: Participant) -> None:
        """Expect to be told that `other` has come."""
        self.stage.step(f"{self} hears that {other} has come", action=False)
        self.expect(lambda: len(self.about(other)) >= 1, f"a line that begins with * and holds {other.name}")

    def hears_that_left(self, other: Participant, *, within: float = WAIT) -> None:
        """Expect to be told that `other` has left: one more `*` line about it than while it was here."""
        self.stage.step(f"{self} hears that {other} has left", action=False)
        known = self.stage.announced(self, other)
        self.expect(
            lambda: len(self.about(other)) > known,
            f"a line that begins with * and holds {other.name}",
            within,
        )

    def hears_all(self, speaker: Participant, texts: list[str]) -> None:
        """Expect these messages of `speaker`, in this order, each once; each that comes gives new time."""
        self.stage.step(f"{self} hears {len(texts)} lines of {speaker}, in order, each once", action=False)
        wanted, stamp, got, seen = set(texts), f"[{speaker.name}] ", list[str](), 0

        def all_heard() -> bool:
            nonlocal seen
            fresh, seen = self.lines[seen:], len(self.lines)
            said = [line.removeprefix(stamp) for line in fresh if line.startswith(stamp)]
            got.extend(text for text in said if text in wanted)
            return len(got) >= len(texts) or bool(self.ended)

        heard = -1
        while heard < len(self.lines) and not all_heard():
            heard = len(self.lines)
            self.stage.wait(all_heard, WAIT)
        if got != texts:
            raise Broken(
                f"{len(texts)} lines, from {show(texts[0])} to {show(texts[-1])}", _astray(got, texts)
            )

    def has_heard_once_that_left(self, *others: Participant) -> None:
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

    def about(self, other: Participant) -> list[str]:
        """Return the `*` lines, since it joined, that hold the name of `other` as a word."""
        return [line for line in self.star_lines() if holds(line, other.name)]

    def star_lines(self) -> list[str]:
        """Return all lines about the room since it joined."""
        return [line for line in self.lines[self.since :] if line.startswith("*")]

    def knows_of(self, other: Participant) -> bool:
        """Say whether it has been told of `other`, when it joined or later."""
        return any(line.startswith("*") and holds(line, other.name) for line in self.lines[self.asked :])

    def from_(self, speaker: Participant) -> list[str]:
        """Return the texts of the messages of `speaker`, in the order in which they came."""
        stamp = f"[{speaker.name}] "
        return [line.removeprefix(stamp) for line in self.lines if line.startswith(stamp)]

    def messages(self) -> list[str]:
        """Return all messages that it has heard, whosever they are."""
        return [line for line in self.lines if line.startswith("[")]

    def seen(self) -> str:
        """Say in words what it has received since anybody last did anything."""
        lines = [
            show(line) for line, when in zip(self.lines, self.times, strict=True) if when >= self.stage.acted
        ]
        words = ", ".join([f"... {len(lines) - 4} lines, then", *lines[-4:]] if len(lines) > 5 else lines)
        if self.tail:
            words += f"{', then ' if words else ''}{show(self.tail)} without a newline"
        return (words or "nothing") + (f"; and {self.ended}" if self.ended else "")

    def _replied(self, words: tuple[str, ...]) -> bool:
        return any(line.startswith("!") and all(word in line for word in words) for line in self.lines)


def _astray(got: list[str], texts: list[str]) -> str:
    """Say in words where the lines that came differ from those that were to come."""
    missing = [text for text in texts if text not in set(got)]
    if missing:
        return f"{len(got)} of them; the first that is missing is {show(missing[0])}"
    at = next(i for i, text in enumerate(got) if i >= len(texts) or text != texts[i])
    return f"all of them, but {show(got[at])} came out of order or twice"
