"""The commands that join a room from a terminal, shown live only.

Where a room listens differs from run to run, so the address stands in a widget and in no saved output.
"""

from html import escape

import ipywidgets


class Card(ipywidgets.HTML):
    """A widget whose text for a saved notebook is always the same."""

    def __repr__(self) -> str:
        return "how to join from a terminal (the live notebook shows the address)"


def how_to_join(host: str, port: int) -> Card:
    """Show the two commands with which a terminal joins the room at `host` and `port`."""
    commands = f"nc {host} {port}\npython3 -m chatkit join {host} {port}"
    card = Card(f"<pre>{escape(commands)}</pre>")
    card.add_class("chatkit-card")
    return card
