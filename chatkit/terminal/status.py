"""The top of the screen: where one stands, in words and with a sign, and what one can do about it."""

import time

from textual.widgets import Static

from chatkit.standing import Status
from chatkit.terminal.inert import inert
from chatkit.terminal.wrapping import wrap

INDENT = 2  # cells: what a server said must not look like a sentence of ours
WIDE = 60  # cells from which on there is room for whole sentences, and for the roster

SIGNS = {
    "connecting": "\u25cc",
    "joined": "\u25cf",
    "waiting": "\u25cb",
    "refused": "\u2715",
    "ended": "\u2715",
}


class StatusBar(Static):
    """Show the state, the place, how many are here, and whether one is recorded."""

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def show(self, status: Status, name: str, place: str, count: int, recorded: bool | None) -> None:
        """Show all that in one row."""
        is_wide = self.app.size.width >= WIDE
        words = {
            "connecting": f"connecting to {place}",
            "joined": f"{name} in the room at {place}" if is_wide else f"{name} at {place}",
            "waiting": f"not connected to {place}",
            "refused": f"not let in at {place}",
            "ended": f"not connected to {place}",
        }[status.state]
        signs = {None: "", True: "recorded", False: "not recorded"}[recorded]
        here = f"{count} here" if status.state == "joined" else ""
        right = "  ".join(filter(None, [signs, here]))
        left = f"{SIGNS[status.state]} {inert(words)}"
        room = self.app.size.width - len(right) - 3
        left = left if len(left) <= room else left[: max(0, room - 1)] + "\u2026"
        self.update(f"{left.ljust(room)} {right}", layout=False)
        self.set_class(status.state != "joined", "away")


class Trouble(Static):
    """Say why one is not in the room, when the next try comes, and which keys there are."""

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def show(self, status: Status, kept: int) -> None:
        """Show that, or nothing where all is well."""
        self.display = status.state in ("waiting", "refused", "ended")
        left = max(0.0, status.until - time.monotonic())
        is_wide = self.app.size.width >= WIDE
        then = {
            "waiting": f"Next try in {left:.0f} s.  F5 now  Esc stop{' trying  F2 elsewhere' * is_wide}",
            "refused": "F2 another name or place  F5 try again",
            "ended": "F5 try again  F2 elsewhere",
        }.get(status.state, "")
        rest = (
            f"{kept} line{'s' * (kept != 1)} kept, to be sent when you are back." if kept and is_wide else ""
        )
        room = self.app.size.width - 2
        rows = [
            row
            for text in (_sentence(inert(status.why)), then, rest)
            if text
            for row in _indented(wrap(text, room, room - INDENT))
        ]
        self.styles.height = len(rows)
        self.update("\n".join(rows))


def _indented(rows: list[str]) -> list[str]:
    return [rows[0], *(" " * INDENT + row for row in rows[1:])]


def _sentence(text: str) -> str:
    ending = "" if text.endswith((".", "?", "!")) else "."
    return f"{text[:1].upper()}{text[1:]}{ending}" if text else "Not in the room."
