"""Who is here, beside the log; a narrow screen folds it away, and the status still says how many they are."""

from rich.text import Text
from textual.widgets import Static

from chatkit.terminal import colours
from chatkit.terminal.inert import inert

WIDEST = 100  # characters of a name that are looked at; there is room for fewer


class Roster(Static):
    """List names in their colours, as many as there is room for; `/who` lists them all."""

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._names: list[str] = []
        self._is_here = False

    def show(self, own: str, others: tuple[str, ...], is_here: bool) -> None:
        """Show oneself first, then the others by name; nobody, if one is not in the room."""
        self._names, self._is_here = [own, *sorted(others, key=str.lower)], is_here
        self._draw()

    def on_resize(self) -> None:
        """Fit the names to the new height."""
        self._draw()

    def _draw(self) -> None:
        if not self._is_here:
            return self.update("not in the room", layout=False)
        rows, names = max(1, self.size.height), self._names
        hidden = len(names) - rows + 1 if len(names) > rows else 0
        text = Text(no_wrap=True, overflow="ellipsis")
        for position, name in enumerate(names[: len(names) - hidden]):
            name = inert(name[:WIDEST])
            text.append(name, colours.of_name(name, self.app.current_theme.dark))
            text.append("\n" if position else " (you)\n")
        text.append(f"and {hidden} more" if hidden else "")
        self.update(text, layout=False)
