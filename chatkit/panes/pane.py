"""The chat pane: a thin view of a seat, which a notebook shows and a script can drive.

The widget keeps no state that is saved with a notebook: all that a view shows is sent to it as it happens,
or again when it asks. Clicks only queue work, on whatever thread they come; the pump alone talks to the
views. Without a browser nothing asks, and nothing waits for an answer.
"""

import sys
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakValueDictionary

import anywidget

from chatkit.panes.pump import Pump, Work
from chatkit.panes.seat import Seat

HERE = Path(__file__).parent


class ChatPane(anywidget.AnyWidget):
    """Join the room at `host` and `port` as `name`, and show it; what goes wrong is shown in the pane.

    A second pane of that name for that room takes the place of the first.
    """

    _esm = HERE / "pane.js"
    _css = HERE / "pane.css"
    _newest: ClassVar[WeakValueDictionary[tuple[str, int, str], "ChatPane"]] = WeakValueDictionary()

    def __init__(self, host: str, port: int, name: str) -> None:
        super().__init__()
        # ipykernel 7.4 would hand clicks to where the pane last spoke from, and that may be a cell that runs
        # for ever. Without this method it hands them to the subshell that JupyterLab has for widgets.
        self.comm._reply_subshell_for = None
        self._pump = Pump(self._show, f"chatkit pane {name}")
        self._seat = Seat(host, port, name, self._pump.put)
        self._shown = 0  # the number of the last row that was sent to the views
        self._asked = False  # a view asked for all rows
        self.on_msg(self._clicked)
        self._take_place()
        self.join()

    @property
    def name(self) -> str:
        """Who speaks here."""
        return self._seat.name

    @property
    def text(self) -> str:
        """The pane's last 500 rows as plain lines: `> ` what was sent, `-- ` the pane's own words."""
        return self._seat.transcript.text

    def say(self, text: str) -> None:
        """Say `text` to everybody else, each of its lines as one message; return when it is sent."""
        self._pump.call(lambda: self._seat.say(text))

    def enter(self, typed: str) -> None:
        """Send one line as if it were typed into the pane: `/who` is a command, `//x` says `/x`."""
        self._pump.call(lambda: self._seat.enter(typed))

    def join(self) -> None:
        """Join by a new connection, unless it is in the room; return when it is in, or cannot be."""
        self._pump.call(self._seat.join)

    def leave(self) -> None:
        """Leave in good order; return when the server has let go."""
        self._pump.call(self._seat.leave)

    def close(self) -> None:
        """Leave, and take the pane out of the notebook."""
        if not sys.is_finalizing():  # ipywidgets closes what is left even then, and no thread starts any more
            self._pump.put(self._seat.leave)
        super().close()

    def __repr__(self) -> str:
        return f"ChatPane({self.name})"

    def _take_place(self) -> None:
        place = (self._seat.host, self._seat.port, self.name.lower())
        older, self._newest[place] = self._newest.get(place), self
        if older:
            older._pump.call(older._seat.replace)

    def _clicked(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        works: dict[str, Work] = {
            "ready": self._ask,
            "enter": lambda: self._seat.enter(str(message.get("text"))),
            "join": self._seat.join,
            "leave": self._seat.leave,
        }
        if work := works.get(str(message.get("do"))):
            self._pump.put(work)

    def _ask(self) -> None:
        self._asked = True

    def _show(self) -> None:
        """Send the views what is new, or everything if one of them asked: they skip the rows they have."""
        seat, rows = self._seat, self._seat.transcript.rows
        news = [row for row in rows if self._asked or row.number > self._shown]
        self.send(
            {
                "everything": self._asked,
                "name": seat.name,
                "status": seat.status,
                "others": seat.others,
                "rows": [(row.number, row.kind, row.name, row.words) for row in news],
            }
        )
        self._asked, self._shown = False, rows[-1].number if rows else 0
