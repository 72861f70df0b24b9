"""The chat pane: a thin view of a person, which a notebook shows and a script can drive.

The widget keeps no state that is saved with a notebook: all that a view shows is sent to it as it happens,
or again when it asks. Clicks only queue work, on whatever thread they come; the person's pump alone talks to
the views. Without a browser nothing asks, and nothing waits for an answer.
"""

from collections import deque
from itertools import accumulate
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakValueDictionary

import anywidget

from chatkit.lab.person import Person
from chatkit.lab.transcript import Row

HERE = Path(__file__).parent
MOST = 60_000  # characters at a time, ten times a second: what Jupyter and a page can take
OF_A_ROW = 100  # of them, besides its words
KEEP = 10  # panes that were replaced
NAMES = 100  # of a room's people; a view is told them ten times a second


def read(*names: str) -> str:
    """Return the text of these files beside this one, as one: a widget takes one script and one style."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)


class PersonPane(anywidget.AnyWidget):
    """Show `person`, and let a hand speak and act for them."""

    _esm = read("parts.js", "plug.js", "memory.js", "pane.js")
    _css = read("colours.css", "pane.css", "plug.css")

    def __init__(self, person: Person) -> None:
        super().__init__()
        # ipykernel 7.4 would hand clicks to where the pane last spoke from, and that may be a cell that runs
        # for ever. Without this method it hands them to the subshell that JupyterLab has for widgets.
        self.comm._reply_subshell_for = None
        self.person = person
        self._shown = 0  # the number of the last row that was sent to the views
        self._asked = False  # a view asked for all rows
        self.on_msg(self._clicked)
        person.watch(self._show)

    @property
    def name(self) -> str:
        """Who speaks here."""
        return self.person.name

    @property
    def text(self) -> str:
        """The pane's last 500 rows as plain lines: `> ` what was sent, `-- ` the pane's own words."""
        return self.person.text

    def close(self) -> None:
        """Take the pane out of the notebook."""
        self.person.unwatch(self._show)
        super().close()
        self.layout.close()

    def __repr__(self) -> str:
        return f"ChatPane({self.name})"

    def _clicked(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        what = str(message.get("do"))
        if what == "ready":
            self._asked = True
            self.person.refresh()
        else:
            self.person.click(what, str(message.get("text")))

    def _show(self) -> None:
        """Send the views what is new, or everything if one of them asked: they skip the rows they have."""
        asked, self._asked = self._asked, False
        rows = self.person.rows
        news = _newest([row for row in rows if asked or row.number > self._shown])
        self.send(
            {
                "everything": asked,
                "name": self.name,
                "status": self.person.status,
                "others": _first(self.person.others),
                "recorded": self.person.recorded,
                "plug": self.person.plug,
                "rows": [(row.number, row.kind, row.name, row.words) for row in news],
            }
        )
        self._shown = rows[-1].number if rows else 0


def _newest(rows: list[Row]) -> list[Row]:
    """Return the last rows that a view can be sent at once: all if they are short, and at least one."""
    sizes = accumulate(len(row.words) + OF_A_ROW for row in reversed(rows))
    return rows[-max(1, sum(size <= MOST for size in sizes)) :]


def _first(names: tuple[str, ...]) -> tuple[str, ...]:
    more = len(names) - NAMES
    return names if more <= 0 else (*names[:NAMES], f"{more:,} more")


class ChatPane(PersonPane):
    """Join the room at `host` and `port` as `name`, and show it; what goes wrong is shown in the pane.

    A second pane of that name for that room takes the place of the first, and says so there; of those that
    were replaced, the last ten stay in the notebook, or a cell run often would fill it.
    """

    _replaced: ClassVar[deque["ChatPane"]] = deque()
    _newest: ClassVar[WeakValueDictionary[tuple[str, int, str], "ChatPane"]] = WeakValueDictionary()

    def __init__(self, host: str, port: int, name: str) -> None:
        super().__init__(Person(host, port, name))
        older, self._newest[self.person.place] = self._newest.get(self.person.place), self
        if older:
            older.person.replace()
            self._replaced.append(older)
        while len(self._replaced) > KEEP:
            self._replaced.popleft().close()
        try:
            self.join()
        except BaseException:  # an interrupt: no name and no view would ever hold it
            self.close()
            raise

    def say(self, text: str) -> None:
        """Say `text` to everybody else, each of its lines as one message; return when it is sent."""
        self.person.say(text)

    def enter(self, typed: str) -> None:
        """Send one line as if it were typed into the pane: `/who` is a command, `//x` says `/x`."""
        self.person.enter(typed)

    def join(self) -> None:
        """Join by a new connection, unless it is in the room; return when it is in, or cannot be."""
        self.person.join()

    def leave(self) -> None:
        """Leave in good order; return when the server has let go."""
        self.person.leave()

    def close(self) -> None:
        """Leave, and take the pane out of the notebook."""
        self.person.click("leave")
        super().close()

    def __del__(self) -> None:
        """Take the pane out, and start nothing: this may run in the midst of anything.

        Who is in a room is not collected, because the thread that hears it holds it.
        """
        super().close()
