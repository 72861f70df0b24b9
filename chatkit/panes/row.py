"""Panes beside each other, as many in a line as the window has room for."""

import ipywidgets

from chatkit.panes.pane import ChatPane


class Row(ipywidgets.Box):
    """A box of panes; as text it is their names only, so that a notebook always has the same outputs."""

    def __repr__(self) -> str:
        return " | ".join(pane.name for pane in self.children)


def side_by_side(*panes: ChatPane) -> Row:
    """Show these panes beside each other."""
    row = Row(panes)
    row.add_class("chatkit-row")
    return row
