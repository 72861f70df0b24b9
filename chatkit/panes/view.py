"""A whole room in one output: its people's panes beside each other, board and diagram under them."""

from typing import Any

import ipywidgets

from chatkit.lab.rooms import OpenRoom
from chatkit.panes.live import Live
from chatkit.panes.pane import PersonPane
from chatkit.panes.row import side_by_side

KEEP = 10  # views of rooms that are over; older ones leave the notebook, or a cell run often would fill it

_views: dict[OpenRoom, "RoomView"] = {}


class RoomView(ipywidgets.VBox):
    """The panes, with their plugs, over the board and the diagram."""

    def __init__(self, room: OpenRoom, **options: Any) -> None:
        self._panes = [PersonPane(guest) for guest in room.guests]
        super().__init__([side_by_side(*self._panes), Live(room)], **options)

    def close(self) -> None:
        """Take it out of the notebook; the people stay in the room."""
        for each in (*self._panes, *self.children):
            each.close()
            each.layout.close()
        super().close()
        self.layout.close()

    def __repr__(self) -> str:
        return f"{' | '.join(pane.name for pane in self._panes)}, over board and diagram"


def show(room: OpenRoom, *names: str) -> RoomView:
    """Seat these people in `room`, and show it with all who sit there; the view from before is closed."""
    for name in names:
        room.seat(name)
    if older := _views.pop(room, None):
        older.close()
    for over in [each for each in _views if each.over.is_set()][:-KEEP]:
        _views.pop(over).close()
    _views[room] = RoomView(room)
    return _views[room]
