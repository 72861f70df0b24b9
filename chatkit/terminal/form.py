"""The form that asks where to join, and as whom: each answer is checked while it is typed."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from chatkit.cli.answers import split_address
from chatkit.terminal.inert import inert
from chatkit.terminal.places import Place, wrong


class Field(Horizontal):
    """A label and an input of one row."""

    def __init__(self, label: str, name: str, value: str) -> None:
        super().__init__()
        self._label = Static(f"{label:>7}  ", markup=False, classes="label")
        self.input = Input(value, id=name, compact=True)
        self.input.cursor_blink = False

    def compose(self) -> ComposeResult:
        """Put them beside each other."""
        yield self._label
        yield self.input


class Choice(Static, can_focus=True):
    """A box to tick with Space; the sign is a letter, so that it needs no colour."""

    BINDINGS = [Binding("space", "tick", "Tick", show=False)]

    def __init__(self, label: str, value: bool) -> None:
        super().__init__("", markup=False)
        self.label, self.value = label, value

    def on_mount(self) -> None:
        """Show it."""
        self.update(f"[{'x' if self.value else ' '}] {self.label}")

    def on_click(self) -> None:
        """Tick it, or not any more."""
        self.action_tick()

    def action_tick(self) -> None:
        """Tick it, or not any more."""
        self.value = not self.value
        self.on_mount()


class JoinForm(ModalScreen[tuple[Place, bool] | None]):
    """Ask for a place, and whether to remember it; `why` says what was wrong with the last one."""

    BINDINGS = [
        Binding("escape", "dismiss(None)", "Cancel", show=False),
        Binding("f5", "app.retry", "Try again", show=False),  # the room below offers it
        Binding("up", "app.focus_previous", "Back", show=False),
        Binding("down", "app.focus_next", "On", show=False),
    ]

    def __init__(self, defaults: Place, why: str, remembers: bool, first: str = "host") -> None:
        super().__init__()
        self._why, self._first = why, first
        self._fields = [
            Field("Host", "host", defaults.host),
            Field("Port", "port", str(defaults.port)),
            Field("Name", "name", defaults.name),
        ]
        self._remember = Choice("remember this for the next time (Space)", remembers)
        self._wrong = Static("", markup=False, id="wrong")

    def compose(self) -> ComposeResult:
        """Put everything into a box of eight rows, which has room in the smallest terminal."""
        with Vertical(id="form"):
            yield Static(inert(self._why) or "Join a room", markup=False, id="why")
            yield from self._fields
            yield self._wrong
            yield self._remember
            yield Static("Enter joins   Tab next   Esc leaves", markup=False, id="keys")

    def on_mount(self) -> None:
        """Begin where an answer is needed."""
        self.query_one(f"#{self._first}", Input).focus()
        self._check()

    def on_input_changed(self) -> None:
        """Check what is typed."""
        self._check()

    def on_input_submitted(self) -> None:
        """Join, or go to what is wrong."""
        if problem := self._check():
            self.query_one(f"#{problem[0]}", Input).focus()
        else:
            host, port, name = self._answers()
            self.dismiss((Place(host, int(port), name), self._remember.value))

    def _check(self) -> tuple[str, str] | None:
        problem = wrong(*self._answers())
        self._wrong.update(inert(problem[1]) if problem else "")
        for field in self._fields:
            field.input.set_class(bool(problem and problem[0] == field.input.id), "wrong")
        return problem

    def _answers(self) -> tuple[str, str, str]:
        """Return host, port and name; host and port may have been given in one word."""
        host, port, name = (field.input.value.strip() for field in self._fields)
        if not host.isdigit() and (split := split_address(host))[1]:
            host, port = split
        return host, port, name
