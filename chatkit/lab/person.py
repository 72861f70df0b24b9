"""One person in a room, for a script and for panes alike: what a hand can click, a line of Python can call.

All work is done by the person's pump, in order. Whoever shows a person watches it, and is told, at most ten
times a second, that there is something new. This file knows no widget.
"""

from collections.abc import Callable

from chatkit.lab.pump import Pump, Work
from chatkit.lab.seat import Seat, Status
from chatkit.lab.transcript import Row


class Person:
    """Sit in the room at `host` and `port` as `name`; what goes wrong is a row in the transcript.

    The room is `called` so in what goes wrong, by default by its address.
    """

    def __init__(self, host: str, port: int, name: str, called: str = "") -> None:
        self._pump = Pump(self._tell, f"chatkit pane {name}")
        self._seat = Seat(host, port, name, self._pump.put, called, self._own_end)
        self._watchers: tuple[Work, ...] = ()  # replaced and never changed, so that telling needs no lock

    @property
    def name(self) -> str:
        """Who speaks here."""
        return self._seat.name

    @property
    def place(self) -> tuple[str, int, str]:
        """The room's host and port, and a name that takes this place from another."""
        return self._seat.host, self._seat.port, self.name.lower()

    @property
    def status(self) -> Status:
        """Where the person stands: joining, joined, left, trouble or replaced."""
        return self._seat.status

    @property
    def others(self) -> tuple[str, ...]:
        """Who else is in the room."""
        return self._seat.others

    @property
    def recorded(self) -> bool | None:
        """Whether the room remembers what the person says; None where it remembers nothing."""
        return self._seat.recorded

    @property
    def plug(self) -> tuple[str, ...] | None:
        """What the person's wire does to what passes, such as `frozen`; None where there is no wire."""
        return None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The last 500 rows of what the person saw."""
        return self._seat.transcript.rows

    @property
    def text(self) -> str:
        """The rows as plain lines: `> ` what was sent, `-- ` what the server did not say."""
        return self._seat.transcript.text

    def say(self, text: str) -> None:
        """Say `text` to everybody else, each of its lines as one message; return when it is sent."""
        self._pump.call(lambda: self._seat.say(text))

    def enter(self, typed: str) -> None:
        """Send one line as if it were typed: `/who` is a command, `//x` says `/x`."""
        self._pump.call(lambda: self._seat.enter(typed))

    def join(self) -> None:
        """Join by a new connection, unless in the room; return when that has worked, or cannot."""
        self._pump.call(self._seat.join)

    def leave(self) -> None:
        """Leave in good order; return when the server has let go, or after a moment."""
        self._pump.call(self._seat.leave)

    def replace(self) -> None:
        """Leave for good: somebody newer has this place."""
        self._pump.call(self._seat.replace)

    def click(self, what: str, text: str = "") -> None:
        """Queue what a hand has clicked or typed, and return at once; words unknown to it are ignored."""
        works: dict[str, Work] = {
            "enter": lambda: self._seat.enter(text),
            "join": self._seat.join,
            "leave": self._seat.leave,
            "record on": lambda: self._seat.enter("/record on"),
            "record off": lambda: self._seat.enter("/record off"),
        }
        if work := works.get(what):
            self._pump.put(work)

    def watch(self, watcher: Callable[[], object]) -> None:
        """Call `watcher`, on the pump's thread, whenever there is something new; now, too."""
        self._watchers = (*self._watchers, watcher)
        self.refresh()

    def unwatch(self, watcher: Callable[[], object]) -> None:
        """Do not call `watcher` any more."""
        self._watchers = tuple(each for each in self._watchers if each != watcher)

    def refresh(self) -> None:
        """Tell those who watch to look again."""
        self._pump.put(lambda: None)

    def __repr__(self) -> str:
        return f"Person({self.name})"

    def _own_end(self, left: bool) -> str:
        """Say what a plug has to do with the end, which was asked for if the person has `left`."""
        return ""

    def _tell(self) -> None:
        for watcher in self._watchers:
            watcher()
