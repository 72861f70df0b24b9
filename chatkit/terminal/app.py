"""The app of a person in a room: keys and signals in, and the screen shows what the visit tells."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.message import Message
from textual.screen import Screen

from chatkit.backoff import Backoff
from chatkit.errors import NotSent
from chatkit.outgoing import leaves
from chatkit.standing import Event, Status
from chatkit.terminal import entries, places
from chatkit.terminal.dialogs import Help
from chatkit.terminal.form import JoinForm
from chatkit.terminal.line import TypedLine
from chatkit.terminal.log import MessageLog
from chatkit.terminal.palette import offered
from chatkit.terminal.places import Place
from chatkit.terminal.room import RoomScreen
from chatkit.terminal.steady import driver
from chatkit.terminal.visit import Visit

PAUSE = 0.05  # seconds between two looks at what has happened


def local_now() -> datetime:
    """Return the time of day, with its zone."""
    return datetime.now().astimezone()


class ChatApp(App[None]):
    """Join the room at `place`, and talk; if `asks`, ask for the place first."""

    CSS_PATH = "look.tcss"
    TITLE = "chatkit"
    BINDINGS = [
        Binding("f1", "help", "Help"),
        Binding("f5", "retry", "Try now"),
        Binding("escape", "stop", "Stop"),
        Binding("f2", "elsewhere", "Room"),
        Binding("f8", "record", "Record"),
        Binding("pageup", "scroll(-1)", "Scroll", key_display="PgUp"),
        Binding("pagedown", "scroll(1)", "Scroll", show=False),
        Binding("ctrl+p", "command_palette", "Commands"),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False),
        Binding("ctrl+c,ctrl+q", "quit", "Leave", key_display="^c", priority=True),
    ]

    class Rung(Message):
        """There is something to show."""

    def __init__(
        self,
        place: Place,
        *,
        asks: bool = False,
        stamps: entries.Stamps = "HH:MM",
        remembers: bool = True,
        clock: Callable[[], datetime] = local_now,
        backoff: Backoff | None = None,
    ) -> None:
        super().__init__(driver_class=driver())
        self.visit = Visit(place, remembers, lambda: self.post_message(self.Rung()), clock, backoff)
        self.room = RoomScreen(MessageLog(stamps, clock().date()), place.name)
        self._asks, self._clock = asks, clock
        self._offered: tuple[object, ...] = ()  # what the footer's keys depend on

    def get_default_screen(self) -> RoomScreen:
        """The room is always below whatever asks."""
        return self.room

    def on_mount(self) -> None:
        """Begin."""
        self.theme_changed_signal.subscribe(self, lambda _theme: self._show_frame())
        self.set_interval(0.5, self._count_down)
        if self._asks:
            return self.ask()
        self.visit.join(self.visit.place)
        self._show_frame()

    def ask(self, why: str = "", first: str = "host") -> None:
        """Ask where to join, and as whom."""

        def answered(answer: tuple[Place, bool] | None) -> None:
            if answer:
                self.visit.move(*answer)
                self._show_frame()
            elif not self.visit.session:
                self.exit()

        if not isinstance(self.screen, JoinForm):
            self.push_screen(JoinForm(self.visit.place, why, self.visit.remembers, first), answered)

    @on(Rung)
    def _attend(self) -> None:
        """Show what there is, and look again a little later: a flood is shown in large pieces."""
        if not self.screen_stack:  # it is closing
            return
        events, shown = self.visit.take()
        self.room.log_view.add(shown)
        for event in events:
            self._react(event)
        if events:
            self._show_frame()
            self.set_timer(PAUSE, self._attend)

    def _react(self, event: Event) -> None:
        match event:
            case Status("refused", why):
                self.ask(why, "name")
            case Status("joined") if self.visit.remembers:
                places.remember(self.visit.place)

    def _count_down(self) -> None:
        if self.screen_stack and (self.visit.kept or self.visit.status.state == "waiting"):
            self._show_frame()

    def _show_frame(self) -> None:
        """Show everything around the log anew."""
        self.room.show(self.visit)
        offered = (self.visit.status.state, self.visit.news.recorded)
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    @on(RoomScreen.Says)
    def _say(self, event: RoomScreen.Says) -> None:
        if leaves(event.line):
            return self.exit()
        try:
            self.visit.enter(event.line)
        except NotSent as error:
            self.room.complain(str(error), self._clock())
            self.room.desk.line.put_back(event.line)
        self._show_frame()

    @on(TypedLine.Refused)
    def _explain(self, event: TypedLine.Refused) -> None:
        self.room.complain(event.why, self._clock())

    def on_app_focus(self) -> None:
        """The person looks at this window again."""
        self.room.log_view.watch_window(True)

    def on_app_blur(self) -> None:
        """The person looks elsewhere: what comes now is marked as new."""
        self.room.log_view.watch_window(False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what makes sense now."""
        match action:
            case "retry":
                return self.visit.status.state in ("waiting", "refused", "ended")
            case "stop":
                return self.visit.status.state == "waiting"
            case "record":
                return self.visit.is_here and self.visit.news.recorded is not None
        return True

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Say what the palette offers."""
        return offered(self, super().get_system_commands(screen))

    def action_help(self) -> None:
        """Say which keys there are."""
        self.push_screen(Help(self.visit.commands))

    def action_retry(self) -> None:
        """Try again now, as before, whatever stands in the form."""
        if isinstance(self.screen, JoinForm):
            self.screen.dismiss(None)
        if self.visit.session:
            self.visit.session.retry()

    def action_stop(self) -> None:
        """Do not try again unasked."""
        if self.visit.session:
            self.visit.session.cancel()

    def action_elsewhere(self) -> None:
        """Ask for another room, or another name."""
        self.ask()

    def action_record(self) -> None:
        """Have oneself recorded, or not any more."""
        self.visit.enter("/record off" if self.visit.news.recorded else "/record on")

    def action_scroll(self, pages: int) -> None:
        """Scroll the log."""
        self.room.log_view.by_pages(pages)
