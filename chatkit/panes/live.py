"""Board and diagram of a room, drawn again while somebody looks: four times a second at most.

One thread draws, only while a browser says that it is there, and ends with the room; it rests three times as
long as it works, so that clicks get their turn. Nothing of it is saved with a notebook; `room.board.look()`
and `room.diagram()` make pictures that are.
"""

import threading
import time
from pathlib import Path
from typing import Any

import anywidget

import chatkit.lab
from chatkit.lab.diagram.theme import STYLE
from chatkit.lab.rooms import OpenRoom
from chatkit.panes.pane import read

LAB = Path(chatkit.lab.__file__).parent
PAUSE = 0.25  # seconds between two drawings
REST = 3  # times the seconds of the processor that a drawing took
PRESENCE = 15.0  # seconds for which a browser counts as there after it has spoken; it speaks every 5
CLOSED = '<div class="ck-board"><p class="ck-missing">This room is closed.</p></div>'


class Live(anywidget.AnyWidget):
    """Show the board and the diagram of `room`."""

    _esm = read("parts.js", "live.js")
    _css = read("colours.css", "live.css") + (LAB / "board.css").read_text(encoding="utf-8") + STYLE

    def __init__(self, room: OpenRoom) -> None:
        super().__init__()
        self.comm._reply_subshell_for = None  # as in PersonPane
        self._room = room
        self._drawn: dict[str, object] = {}  # only the thread that draws touches it
        self._lock = threading.Lock()  # guards all that follows
        self._until = 0.0  # somebody looks until then
        self._asked = False  # somebody has nothing to look at yet
        self._drawing = False
        self._ended = False  # what is drawn is how the room ended
        self.on_msg(self._hear)

    def close(self) -> None:
        """Take it out of the notebook, and draw no more."""
        with self._lock:
            self._until, self._asked = 0.0, False
        super().close()

    def __repr__(self) -> str:
        return "board and diagram"

    def _hear(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        with self._lock:
            self._until = time.monotonic() + PRESENCE
            self._asked |= message.get("do") == "ready"
            if self._drawing or not self._is_wanted():
                return
            self._drawing = True
        threading.Thread(target=self._draw_on, name="chatkit live", daemon=True).start()

    def _draw_on(self) -> None:
        try:
            while self._goes_on():
                began, ended = time.thread_time(), self._room.over.is_set()
                if news := self._news():
                    self.send(news)
                self._ended = ended
                self._room.over.wait(max(PAUSE, REST * (time.thread_time() - began)))
        except BaseException:
            self._drawing = False
            raise

    def _goes_on(self) -> bool:
        """Say whether to draw; if not, whoever comes next starts a new thread."""
        with self._lock:
            self._drawing = self._is_wanted()
            return self._drawing

    def _is_wanted(self) -> bool:
        return self._asked or (time.monotonic() < self._until and not self._ended)

    def _news(self) -> dict[str, object]:
        """Return the pictures that have changed since they were drawn, or all if a view has none yet."""
        with self._lock:
            asked, self._asked = self._asked, False
        drawn, version = self._drawn, self._room.log.version
        pictures = {"board": self._board()}
        if asked or drawn.get("version") != version:
            diagram = self._room.diagram(times=True, wait=0).svg
            pictures["diagram"] = diagram.replace(f"<style>{STYLE}</style>", "")  # the page has it already
        news = {name: each for name, each in pictures.items() if asked or drawn.get(name) != each}
        drawn.update(pictures, version=version)
        return news

    def _board(self) -> object:
        try:
            return self._room.board.look(wait=0).html
        except RuntimeError:
            return CLOSED
