"""Where a dialogue is played: it brings the actors in and keeps the list of steps.

It knows who is here and what each has been told, so that a goodbye can be told from a welcome by counting,
and not by its words.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from chatkit.check.actor import Actor
from chatkit.check.loop import Loop
from chatkit.check.participant import Participant
from chatkit.check.process import Process
from chatkit.check.promise import Broken, NotMeasured
from chatkit.check.rooms import Room
from chatkit.check.timeline import Timeline


class Stage(Loop):
    """Play one dialogue in `room`; `patience` stretches every deadline."""

    def __init__(self, room: Room, patience: float = 1.0) -> None:
        super().__init__(patience)
        self.room = room
        self.timeline = Timeline()
        self.steps: list[str] = []
        self.detail = ""  # what the last step was busy with
        self.notes: list[str] = []
        self.acted = 0.0  # when somebody last did something
        self._scene = False
        self._actors: list[Actor] = []
        self._known: dict[tuple[Participant, Participant], int] = {}

    # Bringing people in.

    def joined(self, *names: str, small: bool = False) -> list[Actor]:
        """Return actors who have joined, one after the other, each having heard of those who came later."""
        actors: list[Actor] = []
        with self.scene(f"{_listing(names)} {'joins' if len(names) == 1 else 'join'}"):
            for name in names:
                actors.append(self.connected(name, small=small))
                actors[-1].joins()
            self.introduce(actors)
        return actors

    def connected(self, name: str, *, small: bool = False) -> Actor:
        """Return an actor who is connected and has not given its name, under a name nobody has here."""
        actor = Actor(self, self.room.unused(name), small=small)
        self._actors.append(actor)
        return actor

    def crowd(self, count: int) -> list[Actor]:
        """Return `count` actors who have joined."""
        with self.scene(f"{count} guests join"):
            return self.joined(*["guest"] * count)

    def stranger(self, *, small: bool = False) -> Actor:
        """Return an actor who is connected, has been asked for a name, and gives none."""
        self.step("a stranger connects")
        actor = self.connected("stranger", small=small)
        actor.is_prompted()
        return actor

    def all_leave(self, actors: list[Actor], *, politely: bool) -> None:
        """Let them all go in one instant."""
        for actor in actors:
            self.count_notices(actor)
        for actor in actors:
            actor.shut() if politely else actor.cut()
        self.wait(lambda: not politely or all(actor.ended for actor in actors), 0.3)
        for actor in actors if politely else []:
            actor.close()

    def introduce(self, actors: list[Actor]) -> None:
        """Wait until all who are here have heard of these, as far as the server tells such things."""
        here = [a for a in self._actors if a.joined and not (a.gone or a.frozen or a.ended)]
        self._actors.sort(key=lambda actor: actor in actors)  # who came last stands last
        untold = [(a, b) for b in actors for a in here if self._came_before(a, b)]

        def all_told() -> bool:
            untold[:] = [(a, b) for a, b in untold if not a.about(b)]
            return not untold

        manners = self.room.manners
        manners.entrances &= self.wait(all_told, manners.entrance)
        for actor in actors:
            self.count_notices(actor)

    def _came_before(self, one: Actor, other: Actor) -> bool:
        return self._actors.index(one) < self._actors.index(other)

    # Steps.

    def step(self, text: str, *, action: bool = True) -> None:
        """Write down what is done now, or, with `action` false, what is expected now."""
        if action:
            self.acted = self.timeline.now()
        if self._scene:
            self.detail = text
        else:
            self.steps.append(text)
            self.detail = ""

    @contextmanager
    def scene(self, text: str) -> Iterator[None]:
        """Make all steps within one step of the report."""
        self.step(text)
        outer, self._scene = self._scene, True
        yield
        self._scene = outer
        self.detail = "" if not outer else self.detail

    def note(self, text: str) -> None:
        """Write down what is legal but unwise; it breaks nothing."""
        if text not in self.notes:
            self.notes.append(text)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the server, where its process is at hand, so that it meets all that follows at once."""
        process = self.room.process
        if process is None or not process.measurable:
            yield
            return
        process.signal(signal.SIGSTOP)
        yield
        process.signal(signal.SIGCONT)

    def count_notices(self, other: Actor) -> None:
        """Remember how often everybody has been told of `other`: once more, and it has left."""
        for listener in self._actors:
            self._known[listener, other] = len(listener.about(other))

    def announced(self, listener: Participant, other: Participant) -> int:
        """Return how often `listener` had been told of `other` when that began to leave."""
        return self._known.get((listener, other), 0)

    def catch_up(self, *actors: Actor) -> None:
        """Let each of them say a line that all the others hear: what was sent before has then arrived."""
        for speaker in actors:
            mark = self.room.unused("mark")
            speaker.says(mark)
            for listener in actors:
                if listener is not speaker:
                    listener.hears(speaker, mark)

    def two_newcomers_can_talk(self) -> None:
        """Expect the room to be alive."""
        with self.scene("afterwards two newcomers join and talk to each other"):
            self.catch_up(*self.joined("newcomer", "newcomer"))

    # Ending.

    def clear(self, *, politely: bool) -> None:
        """Send everybody home; in a room that others will use, with the goodbye that harms no server."""
        here = [actor for actor in self._actors if not actor.gone]
        for actor in here if politely else []:
            actor.hold(False)
            actor.shut()
        self.wait(lambda: not politely or all(actor.ended for actor in here), 0.3)
        for actor in here:
            actor.close()
        self.end()

    @property
    def process(self) -> Process:
        """The server's process; raise `NotMeasured` if it is not at hand."""
        if self.room.process is None or not self.room.process.measurable:
            raise NotMeasured("this needs the server's process: start it with chatkit check -- COMMAND")
        return self.room.process

    def fail(self, expected: str, got: str) -> None:
        """Say that the step at hand went wrong."""
        raise Broken(expected, got)


def _listing(names: tuple[str, ...]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
