"""`chatkit serve --tui`: the host's view of a server that runs here: who is in, what it costs, its log."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.text import Text
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Static

from chatkit.cli.serve import STOP_TIME
from chatkit.errors import ChatError
from chatkit.server import ChatServer
from chatkit.terminal import counters, entries
from chatkit.terminal.app import local_now
from chatkit.terminal.dialogs import Question
from chatkit.terminal.entries import Entry
from chatkit.terminal.hangup import ends_when_asked
from chatkit.terminal.host_log import HostLog
from chatkit.terminal.inert import inert
from chatkit.terminal.log import MessageLog
from chatkit.terminal.palette import offered
from chatkit.terminal.steady import driver

LOOK = 0.5  # seconds between two looks at the server
MOST = 500  # clients in the table; a figure tells of the others
REASON = "removed by the host"  # `standing.SHOWN_OUT` knows it, so who reads it does not come back unasked


def watch(server: ChatServer, start: Callable[[], None], is_alive: Callable[[], bool], level: int) -> None:
    """Start `server` and show it until the host leaves; raise `ChatError` if it fails."""
    with HostLog(level) as log:
        start()
        app, asked = HostApp(server, log, is_alive), threading.Event()

        def stop() -> None:
            asked.set()
            server.stop(STOP_TIME)

        with ends_when_asked(app, stop):
            app.run()
    if not (is_alive() or asked.is_set()):
        raise ChatError("the server has failed; its log tells how: run it without --tui to read that")


class HostApp(App[None]):
    """Show who is here, what they cost, and what is logged."""

    CSS_PATH = "look.tcss"
    TITLE = "chatkit"
    BINDINGS = [
        Binding("k", "kick", "Kick"),
        Binding("tab", "app.focus_next", "Other half", show=False),
        Binding("pageup", "scroll(-1)", "Log", key_display="PgUp"),
        Binding("pagedown", "scroll(1)", "Log", show=False),
        Binding("end", "to_the_end", "Newest", show=False),
        Binding("ctrl+p", "command_palette", "Commands"),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False),
        Binding("ctrl+c,ctrl+q", "leave", "Stop serving", key_display="^c", priority=True),
    ]

    def __init__(
        self,
        server: ChatServer,
        log: HostLog,
        is_alive: Callable[[], bool] = lambda: True,
        clock: Callable[[], datetime] = local_now,
    ) -> None:
        super().__init__(driver_class=driver())
        self.server, self.host_log = server, log
        self._is_alive, self._clock = is_alive, clock
        self._bar = Static("", markup=False, id="host-bar")
        self.table: DataTable[Text] = DataTable(cursor_type="row", zebra_stripes=True, id="clients")
        self._widths: dict[str, int] = {}  # of each column's widest cell
        self.log_view = MessageLog("HH:MM", clock().date())

    def compose(self) -> ComposeResult:
        """Put everything below each other."""
        yield self._bar
        yield self.table
        yield self.log_view
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin to look."""
        for column in counters.COLUMNS:
            self.table.add_column(column, key=column)
        self.table.focus()
        self.look()
        self.set_interval(LOOK, self.look)

    def look(self) -> None:
        """Show everything anew."""
        if not self.screen_stack:
            return  # it is closing
        if not self._is_alive():
            return self.exit()
        self._show_bar()
        self._show_table()
        self.log_view.add([_as_entry(record, self._clock()) for record in self.host_log.take()])

    def _show_bar(self) -> None:
        host, port = self.server.address
        sums = counters.totals(self.server)
        unnamed = f", {sums.strangers} without a name" if sums.strangers else ""
        self._bar.update(
            f"\u25cf {host}:{port}  {self.server.engine}  {sums.members} here{unnamed}  "
            f"waiting {counters.amount(sums.queued)}"
        )

    def _show_table(self) -> None:
        """Bring the table up to date, and leave the cursor on whom it is."""
        shown = {row.peer: row for row in counters.rows(self.server)[:MOST]}
        for key in [str(key.value) for key in self.table.rows if key.value not in shown]:
            self.table.remove_row(key)
        cells = {peer: (inert(row.name) or "(no name yet)", *row[2:]) for peer, row in shown.items()}
        for peer, row in cells.items():
            if peer not in self.table.rows:
                self.table.add_row(*map(Text, row), key=peer)
                continue
            for column, old, cell in zip(counters.COLUMNS, self.table.get_row(peer), row, strict=True):
                if old.plain != cell:
                    self.table.update_cell(peer, column, Text(cell))
        self._fit_columns(cells)

    def _fit_columns(self, rows: Mapping[str, Sequence[str]]) -> None:
        """Make each column as wide as its widest cell.

        Textual measures a whole column for each cell that may have made it narrower: among hundreds of
        clients it did nothing else. So it is told of one cell, and only if the width has changed.
        """
        for column, cells in zip(counters.COLUMNS, zip(*rows.values(), strict=True), strict=False):
            width, peer, cell = max((len(cell), peer, cell) for peer, cell in zip(rows, cells, strict=True))
            if self._widths.get(column) != width:
                self._widths[column] = width
                self.table.update_cell(peer, column, Text(cell), update_width=True)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Say what the palette offers."""
        return offered(self, super().get_system_commands(screen))

    def action_kick(self) -> None:
        """Ask whether to kick whom the cursor is on, and do it."""
        if not (name := self._selected()):
            return

        def kick(agreed: bool | None) -> None:
            if agreed:
                self.server.kick(name, REASON)

        details = "They are told, and everybody else reads that they were removed."
        self.push_screen(Question(f"Kick {name}?", details, "kicks them"), kick)

    def _selected(self) -> str:
        if not self.table.is_valid_coordinate(self.table.cursor_coordinate):
            return ""
        key = self.table.coordinate_to_cell_key(self.table.cursor_coordinate).row_key.value
        return next((row.name for row in counters.rows(self.server) if row.peer == key), "")

    def action_scroll(self, pages: int) -> None:
        """Scroll the log."""
        self.log_view.by_pages(pages)

    def action_to_the_end(self) -> None:
        """Show what was logged last."""
        self.log_view.to_the_end()

    def action_leave(self) -> None:
        """Stop serving."""
        self.exit()


def _as_entry(record: logging.LogRecord, now: datetime) -> Entry:
    when = datetime.fromtimestamp(record.created, now.tzinfo)
    text = " ".join(record.getMessage().split())
    make = entries.trouble if record.levelno >= logging.WARNING else entries.notice
    return make(text.removeprefix("* "), when)
