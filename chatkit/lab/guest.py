"""A person whose connection runs over a wire of the lab, so that it can be watched, and its plug pulled.

Every button of a pane is one of these methods. They act on the wire, outside the person's program, which
hears of it as it would hear of a real network: late, or never.
"""

from collections.abc import Callable

from chatkit.lab.person import Person
from chatkit.lab.wire import Wire


class Guest(Person):
    """Sit in a room as `name`, by way of `wire`."""

    def __init__(self, wire: Wire, name: str) -> None:
        super().__init__(*wire.address, name, called="the server")
        self.wire = wire

    @property
    def plug(self) -> tuple[str, ...]:
        """What the wire does to what passes, such as `frozen`."""
        return self.wire.plugged

    def half_close(self) -> None:
        """Send the server a FIN, as a program does that will say no more, and go on listening."""
        self._pull(self.wire.half_close)

    def hang_up(self) -> None:
        """Close the connection at both ends, politely: with a FIN."""
        self._pull(self.wire.hang_up)

    def reset(self) -> None:
        """Break the connection off: both ends get a reset."""
        self._pull(self.wire.reset)

    def freeze(self) -> None:
        """Let nothing pass until `thaw`, as if this computer stood still."""
        self._pull(self.wire.freeze)

    def thaw(self) -> None:
        """Let pass what has waited, and all that follows."""
        self._pull(self.wire.thaw)

    def go_silent(self) -> None:
        """Swallow everything from now on, and tell nobody: a cable that was cut."""
        self._pull(self.wire.go_silent)

    def slice(self) -> None:
        """Pass every chunk on byte by byte, until `behave`."""
        self._pull(self.wire.slice)

    def behave(self) -> None:
        """Pass everything on as it comes, again."""
        self._pull(self.wire.behave)

    def click(self, what: str, text: str = "") -> None:
        """Queue what a hand has clicked or typed, and return at once; words unknown to it are ignored."""
        if what in PLUG:
            getattr(self, what)()
        super().click(what, text)

    def _own_end(self, left: bool) -> str:
        goodbye = self.wire.goodbye
        return ENDS.get(goodbye, "") if left == (goodbye == "silent") else ""

    def _pull(self, plug: Callable[[], object]) -> None:
        plug()
        self.refresh()


PLUG = ("hang_up", "half_close", "reset", "freeze", "thaw", "go_silent", "slice", "behave")
"""What a hand may do to the wire; to leave politely is everybody's own affair."""
ENDS = {
    "hung up": "you hung up (FIN)",
    "half-closed": "you half-closed (FIN), and then the server hung up too",
    "reset": "you cut the connection (RST)",
    "silent": "you have left, but nobody was told: the server keeps your place, until a Reset",
}
"""What the person reads at the end, by how the wire was asked to end it."""
