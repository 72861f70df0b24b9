"""Board and diagram of a room, drawn again while somebody looks: four times a second at most.

One thread draws, only while a browser says that it is there, and ends with the room. Nothing of it is saved
with a notebook; `room.board.look()` and `room.diagram()` make pictures that are.
"""

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import anywidget

import chatkit.lab
from chatkit.lab.rooms import OpenRoom
from chatkit.panes.pane import read

LAB = Path(chatkit.lab.__file__).parent
PAUSE = 0.25  # seconds between two drawings
PRESENCE = 15.0  # seconds for which a browser counts as there after it has spoken; it speaks every 5


class Live(anywidget.AnyWidget):
    """Show the board and the diagram of `room`."""

    _esm = read("live.js")
    _css = read("colours.css", "live.css") + (LAB / "board.css").read_text(encoding="utf-8")

    def __init__(self, room: OpenRoom) -> None:
        super().__init__()
        self.comm._reply_subshell_for = None  # as in PersonPane
        self._room = room
        self._lock = threading.Lock()  # guards the next three
        self._until = 0.0  # somebody looks until then
        self._asked = False  # somebody has nothing to look at yet
        self._drawing = False
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        return "board and diagram"

    def _hear(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        with self._lock:
            self._until = time.monotonic() + PRESENCE
            self._asked |= message.get("do") == "ready"
            if self._drawing:
                return
            self._drawing = True
        threading.Thread(target=self._draw_on, name="chatkit live", daemon=True).start()

    def _draw_on(self) -> None:
        drawn: dict[str, object] = {}
        try:
            while True:
                if news := self._news(drawn):
                    self.send(news)
                if not self._somebody_looks():
                    return
                self._room.closed.wait(PAUSE)
        finally:
            self._drawing = False

    def _somebody_looks(self) -> bool:
        """Say whether to go on; if not, whoever comes next starts a new thread."""
        with self._lock:
            self._drawing = time.monotonic() < self._until and not self._room.closed.is_set()
            return self._drawing

    def _news(self, drawn: dict[str, object]) -> dict[str, object]:
        """Return the pictures that have changed since they were `drawn`, or all if a view has none yet."""
        with self._lock:
            asked, self._asked = self._asked, False
        version = self._room.log.version
        pictures: dict[str, object] = {}
        if asked or drawn.get("version") != version:
            pictures["diagram"] = self._room.diagram(times=True).svg
        with suppress(RuntimeError):  # the room has closed its board
            pictures["board"] = self._room.board.look().html
        news = {name: each for name, each in pictures.items() if asked or drawn.get(name) != each}
        drawn.update(pictures, version=version)
        return news
