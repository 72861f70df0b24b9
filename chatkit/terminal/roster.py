"""Who is here, beside the log; a narrow screen folds it away, and the status still says how many they are."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from chatkit.terminal import colours
from chatkit.terminal.inert import inert


class Roster(VerticalScroll, can_focus=False):
    """List names in their colours."""

    def __init__(self) -> None:
        super().__init__()
        self._names = Static("")
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """Hold one text."""
        yield self._names

    def show(self, own: str, others: tuple[str, ...], is_here: bool) -> None:
        """Show oneself first, then the others by name; nobody, if one is not in the room."""
        is_dark = self.app.current_theme.dark
        if self._shown == (own, others, is_here, is_dark):
            return
        self._shown = (own, others, is_here, is_dark)
        names = [own, *sorted(others, key=str.lower)] if is_here else []
        text = Text("" if names else "not in the room", no_wrap=True, overflow="ellipsis")
        for name in names:
            text.append(inert(name), colours.of_name(inert(name), is_dark))
            text.append(" (you)\n" if name == own else "\n")
        self._names.update(text)
