"""A person's visits to rooms, one after another: the session of now, its place, and what it has told.

The session works on a thread of its own and fills the mailbox; whoever shows it empties that, a bounded
number at a time, so that keys are taken in between, however much is said. No widget is known here.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chatkit.backoff import Backoff
from chatkit.outgoing import MOST, Outgoing
from chatkit.session import Session
from chatkit.standing import Event, Status
from chatkit.terminal import entries, places
from chatkit.terminal.entries import Entry
from chatkit.terminal.mailbox import Mailbox
from chatkit.terminal.news import News
from chatkit.terminal.places import Place

BATCH = 500  # events at a time


class Visit:
    """Be in the room at `place`; `ring` is called, on some thread, when there is something to `take`."""

    def __init__(
        self,
        place: Place,
        remembers: bool,
        ring: Callable[[], object],
        clock: Callable[[], datetime],
        backoff: Backoff | None,
    ) -> None:
        self.place, self.remembers = place, remembers
        self.session: Session | None = None
        self.news = News(clock)
        self._clock, self._backoff = clock, backoff
        self._left: list[Outgoing] = []  # what was typed for rooms that one has left since
        self._ring = ring
        self._mailbox = Mailbox(ring)

    @property
    def status(self) -> Status:
        """Where one stands."""
        return self.session.status if self.session else Status("connecting")

    @property
    def is_here(self) -> bool:
        """Whether one is in the room."""
        return self.status.state == "joined"

    @property
    def others(self) -> tuple[str, ...]:
        """Who else is in the room."""
        return self.session.others if self.session else ()

    @property
    def kept(self) -> tuple[str, ...]:
        """The lines that wait until one is back, or until the others are."""
        if not self.session or (self.is_here and not self.session.missing):
            return ()
        return self.session.outgoing.kept

    @property
    def unsent(self) -> list[str]:
        """What was typed for the rooms that one has left, and was not read there."""
        return [line for outgoing in self._left for line in outgoing.kept]

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that the server has, as far as it has told."""
        return self.session.outgoing.commands if self.session else ()

    @property
    def space(self) -> int:
        """How many more lines may be typed ahead."""
        return MOST - len(self.session.outgoing.waiting) if self.session else MOST

    def join(self, place: Place) -> None:
        """Begin a session there."""
        self.place = place
        self.news.begin(place.name)
        self.session = Session(place.host, place.port, place.name, self._mailbox.put, backoff=self._backoff)
        self.session.start()

    def move(self, place: Place, remembers: bool) -> None:
        """Go elsewhere, or go by another name; what was typed for one room is never said in another."""
        self.remembers = remembers
        places.remember(place) if remembers else places.forget()
        session, before = self.session, self.place
        if session and replace(place, name=before.name) == before and not self.is_here:
            self.place = place
            self.news.begin(place.name)
            return session.rename(place.name)
        if session:
            self._left.append(session.outgoing)  # its session still has a second to be read
            session.leave()
            self._mailbox = Mailbox(self._ring)  # what is still in the other is of the room that one has left
        self.join(place)

    def enter(self, line: str) -> None:
        """Send a line, or keep it until that can be; raise `NotSent` if too many are kept."""
        if self.session:
            self.session.enter(line)

    def take(self) -> tuple[list[Event], list[Entry]]:
        """Return what has happened, and how it stands in the log."""
        events = self._mailbox.take(BATCH)
        shown = [entry for event in events for entry in self.news.entries(event)]
        if lost := self._mailbox.lost():
            shown.insert(0, entries.trouble(f"{lost:,} lines came too fast to be shown", self._clock()))
        return events, shown
