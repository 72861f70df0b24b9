"""What stands in the log: each thing that happened is an entry of one kind; its mark tells it without colour.

12:01   grace: said by somebody
12:01 > ada: said by oneself
12:01 * about the room
12:01 ! for you alone; or, loudly, something went wrong
12:01 ~ grace: from before
------- Monday, 2026-11-23 -------
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatkit.messages import Command, Message, Prompt, Remembered, Reply, Said, decode_client
from chatkit.terminal.inert import inert

Kind = Literal["said", "own", "notice", "reply", "trouble", "before", "rule"]
Stamps = Literal["off", "HH:MM", "iso"]

MARKS: dict[Kind, str] = {
    "said": " ",
    "own": ">",
    "notice": "*",
    "reply": "!",
    "trouble": "!",
    "before": "~",
    "rule": "-",
}
STAMPS = {"off": "", "HH:MM": "%H:%M ", "iso": "%Y-%m-%dT%H:%M:%S%z "}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, in characters that are safe to show; a `name` only if somebody said it."""

    kind: Kind
    when: datetime
    text: str
    name: str = ""

    def head(self, stamps: Stamps) -> str:
        """Return what stands before the name: the time of day and the mark."""
        return f"{self.when.strftime(STAMPS[stamps])}{MARKS[self.kind]} "


def heard(message: Message, now: datetime) -> Entry | None:
    """Return what a server's message is in the log, which is nothing for its prompt."""
    match message:
        case Prompt():
            return None
        case Said(name, text):
            return Entry("said", now, inert(text), inert(name))
        case Remembered(when, name, text):
            return Entry("before", _local(when, now), inert(text), inert(name))
        case Reply(text):
            return Entry("reply", now, inert(text))
    return Entry("notice", now, inert(str(message).removeprefix("* ")))


def typed(line: str, name: str, now: datetime) -> Entry:
    """Return what others see of a line that was typed: the server sends nobody what they said."""
    match decode_client(line.encode("utf-8", "replace")):
        case Command(request):
            return Entry("notice", now, inert(f"you asked for /{request}"))
        case said:
            return Entry("own", now, inert(said.text), name)


def notice(text: str, now: datetime) -> Entry:
    """Return our own words, which are nobody's."""
    return Entry("notice", now, inert(text))


def trouble(text: str, now: datetime) -> Entry:
    """Return our own words about something that went wrong."""
    return Entry("trouble", now, inert(text))


def rule(text: str, now: datetime) -> Entry:
    """Return a line across the log, such as between two days."""
    return Entry("rule", now, text)


def day(when: datetime) -> Entry:
    """Return the line that begins a day."""
    return rule(f"{when:%A}, {when:%Y-%m-%d}", when)


def _local(when: str, now: datetime) -> datetime:
    """Read a server's ISO 8601 time; one that is none counts as now."""
    try:
        return datetime.fromisoformat(when).astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        return now
