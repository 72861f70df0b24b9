"""Small windows over the screen: a question before something that cannot be taken back, and the help."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from chatkit.terminal.inert import inert

HELP = """\
Type a line and press Enter: everybody else in the room hears it.

Up Down      earlier lines          Tab     complete a name or a command
PgUp PgDn    scroll                 End     go to the newest line
F1           this help              F2      another room or name
F5           try again now          Esc     stop trying
F8           record me, or do not   Ctrl+P  all commands, themes
Ctrl+C       leave                  Ctrl+Z  to the background
Shift+mouse  mark text, as the terminal does it

A line's mark tells its kind: > you said it, * about the room,
! for you alone or trouble, ~ from before, none: somebody said it.

"""
NARROW_HELP = """\
Type a line, press Enter:
everybody else in the room hears it.

Up Down    earlier lines
Tab        complete name, command
PgUp PgDn  scroll    End  newest
F2 other room or name
F5 try now    Esc stop trying
F8 record me, or do not
Ctrl+P commands   Ctrl+C leave

Marks: > you, * room, ! for you alone,
~ from before, none: somebody.

"""


class Question(ModalScreen[bool]):
    """Ask; Enter or y is yes, Escape or n is no."""

    BINDINGS = [
        Binding("enter,y", "dismiss(True)", "Yes"),
        Binding("escape,n", "dismiss(False)", "No"),
    ]

    def __init__(self, question: str, details: str, yes: str) -> None:
        super().__init__()
        self._question, self._details, self._yes = question, details, yes

    def compose(self) -> ComposeResult:
        """Show the question, what it is about, and the keys."""
        with Vertical(id="question"):
            yield Static(inert(self._question), markup=False, id="asked")
            with VerticalScroll(can_focus=False):
                yield Static(self._details, markup=False, id="details")
            yield Static(f"Enter {self._yes}   Esc no", markup=False, id="keys")


class Help(ModalScreen[None]):
    """Say which keys and which commands there are."""

    BINDINGS = [Binding("escape,enter,f1,q", "dismiss", "Close")]

    def __init__(self, commands: tuple[str, ...]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        """Show the text; it scrolls where there is no room for it."""
        known = "  ".join(f"/{command}" for command in self._commands)
        ending = f"This room's commands: {inert(known)}\n" if known else ""
        text = HELP if self.app.size.width >= 74 else NARROW_HELP
        with VerticalScroll(id="help"):
            yield Static(f"{text}{ending}//x says /x.   Esc closes this.", markup=False)
