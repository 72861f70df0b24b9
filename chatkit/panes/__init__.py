"""Chat panes for notebooks: what a learner types into and reads in. Needs the `lab` extra."""

from chatkit.panes.card import how_to_join
from chatkit.panes.pane import ChatPane
from chatkit.panes.row import side_by_side
from chatkit.panes.view import show

__all__ = ["ChatPane", "how_to_join", "show", "side_by_side"]
