"""What a session tells, in the words of the log; and whether one is recorded, as far as a server has said."""

from collections.abc import Callable
from datetime import datetime

from chatkit.consent import is_told
from chatkit.messages import Message, Reply, Roster
from chatkit.standing import Event, NotTaken, Sent, Status
from chatkit.terminal import entries
from chatkit.terminal.before import Before
from chatkit.terminal.entries import Entry


class News:
    """Turn events into entries; `clock` says when."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.recorded: bool | None = None  # None: the server has said nothing about it
        self._clock = clock
        self._before = Before()
        self._name = ""
        self._state = ""
        self._was_here = False

    def begin(self, name: str) -> None:
        """Begin as `name`, for the first time."""
        self._name, self._was_here, self.recorded = name, False, None

    def entries(self, event: Event) -> list[Entry]:
        """Return what to show for an event."""
        now = self._clock()
        match event:
            case Status():
                return self._standing(event, now)
            case Sent(line, again):
                said = entries.typed(line, self._name, now)
                note = entries.notice("said again, because the server may not have read it:", now)
                return [*([note] if again else []), *self._before.arrange(said)]
            case NotTaken(line, why):
                return [entries.trouble(f"not sent: {why}; it began: {line[:40]}", now)]
            case Roster(names):
                return [entries.notice(f"here: {names}" if names else "nobody else is here yet", now)]
        return self._heard(event, now)

    def _heard(self, message: Message, now: datetime) -> list[Entry]:
        if isinstance(message, Reply) and (told := is_told(message.text)) is not None:
            self.recorded = told
        entry = entries.heard(message, now)
        return self._before.arrange(entry) if entry else []

    def _standing(self, status: Status, now: datetime) -> list[Entry]:
        """Say what has changed; a try after a try that failed is for the top of the screen alone."""
        before, self._state = self._state, status.state
        if status.state == "joined":
            self._before.connect()
            is_back, self._was_here = self._was_here, True
            return [entries.notice("you are back in the room", now)] if is_back else []
        if before == "joined":
            self.recorded = None
            why, _, words = status.why.partition("; it said: ")  # those stand in the log already
            return [entries.trouble(f"{why}; what you type is kept" if words else status.why, now)]
        return []
