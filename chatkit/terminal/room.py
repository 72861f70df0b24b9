"""The screen of a room: it shows what happens, hands on what is typed, and knows nothing of connections."""

from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from chatkit.terminal.dialogs import Question
from chatkit.terminal.entries import trouble
from chatkit.terminal.inert import inert
from chatkit.terminal.line import Desk, TypedLine
from chatkit.terminal.log import MessageLog
from chatkit.terminal.roster import Roster
from chatkit.terminal.status import WIDE, StatusBar, Trouble
from chatkit.terminal.visit import Visit

SHOWN = 3  # lines that wait to be sent, on the screen


class RoomScreen(Screen[None]):
    """Status, log, roster, and the line that is being typed."""

    AUTO_FOCUS = "TypedLine"

    class Says(Message):
        """A line is to be sent."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    def __init__(self, log: MessageLog, name: str) -> None:
        super().__init__()
        self.bar, self.trouble = StatusBar(), Trouble()
        self.log_view, self.roster = log, Roster()
        self.desk = Desk(name)
        self._visit: Visit | None = None
        self._unseen = Static("", markup=False, id="unseen")
        self._kept = Static("", markup=False, id="kept")

    def compose(self) -> ComposeResult:
        """Put everything in its place."""
        yield self.bar
        yield self.trouble
        with Horizontal(id="room"):
            yield self.log_view
            yield self.roster
        yield self._unseen
        yield self._kept
        yield self.desk
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin quietly."""
        self.trouble.display = self._unseen.display = self._kept.display = False
        self.fold()

    def on_resize(self) -> None:
        """Fold the roster away where there is no room for it, and fit all else to the new width."""
        self.fold()
        if self._visit:
            self.show(self._visit)

    def fold(self) -> None:
        """Show the roster only beside a log that is wide enough."""
        self.roster.display = self.app.size.width >= WIDE

    def complain(self, why: str, now: datetime) -> None:
        """Say in the log what cannot be."""
        self.log_view.add([trouble(why, now)])

    def show(self, visit: Visit) -> None:
        """Show where one stands, and everything else around the log."""
        self._visit = visit
        status, name = visit.status, visit.place.name
        self.bar.show(status, name, visit.place.where, len(visit.others) + 1, visit.news.recorded)
        self.trouble.show(status, len(visit.kept))
        self.roster.show(name, visit.others, visit.is_here)
        self._show_kept(visit.kept, visit.is_here)
        self.desk.rename(name)
        self.desk.line.names, self.desk.line.commands = visit.others, visit.commands

    def _show_kept(self, lines: tuple[str, ...], is_here: bool) -> None:
        """Show the last of the lines that wait to be sent, one row each."""
        self._kept.display = bool(lines)
        hidden = len(lines) - SHOWN
        more = [f"  ... {hidden} more"] if hidden > 0 else []
        more += ["This waits a moment for the others to be back:"] * is_here
        rows = [*more, *(f"\u2026 {inert(line)}" for line in lines[-SHOWN:])]
        self._kept.styles.height = len(rows)
        self._kept.update("\n".join(rows))

    @on(MessageLog.Scrolled)
    def _count_unseen(self) -> None:
        unseen = self.log_view.unseen
        self._unseen.display = not self.log_view.follows
        self._unseen.update(
            f"\u2193 {unseen} new, End shows them" if unseen else "\u2193 End: the newest lines"
        )

    @on(TypedLine.ToTheEnd)
    def _to_the_end(self) -> None:
        self.log_view.to_the_end()

    @on(TypedLine.Entered)
    def _enter(self, event: TypedLine.Entered) -> None:
        self.log_view.catch_up()
        self.post_message(self.Says(event.line))

    @on(TypedLine.Pasted)
    def _ask_about_paste(self, event: TypedLine.Pasted) -> None:
        lines = event.lines

        def send(agreed: bool | None) -> None:
            if agreed and self._have_space(lines):
                self.log_view.catch_up()
                for line in lines:
                    self.post_message(self.Says(line))

        if not self._have_space(lines):
            return
        details = "\n".join(inert(line) for line in lines[:200])
        self.app.push_screen(
            Question(f"Send these {len(lines)} lines, each as a message?", details, "sends them"), send
        )

    def _have_space(self, lines: list[str]) -> bool:
        """Say whether all these lines can be taken; if not, none is, or the last ones would be lost."""
        space = self._visit.space if self._visit else 0
        if len(lines) > space:
            why = f"{len(lines):,} lines were pasted, and no more than {space:,} can wait; none was taken"
            self.post_message(TypedLine.Refused(why))
        return len(lines) <= space
