"""The log on the screen: it follows what is new, unless one has scrolled up; then it stays and counts.

Rows are drawn when they come into view, and never otherwise, so its cost does not grow with its length.
"""

from datetime import date

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from chatkit.terminal import colours
from chatkit.terminal.entries import Entry, Stamps, day
from chatkit.terminal.rows import Rows


class MessageLog(ScrollView, can_focus=False):
    """Show entries; `unseen` counts those that came while one had scrolled up."""

    class Scrolled(Message):
        """It has been scrolled, or something came that cannot be seen."""

    def __init__(self, stamps: Stamps, today: date) -> None:
        super().__init__()
        self.rows = Rows(stamps)
        self._day = today  # of the last entry
        self.unseen = 0
        self._follows = True
        self._is_watched = True  # the person looks at this window

    @property
    def follows(self) -> bool:
        """Whether the newest entries are in view."""
        return self._follows

    def add(self, entries: list[Entry]) -> None:
        """Add entries below, with a line where a day begins."""
        if not entries:
            return
        dated = self._dated(entries)
        if not (self._follows and self._is_watched) and self.rows.marker is None:
            self.rows.mark(len(self.rows.entries))
        gone = self.rows.add(dated)
        self.virtual_size = Size(self.rows.width, len(self.rows))
        if self._follows:
            self.to_the_end()
        else:
            self.unseen += sum(entry.kind != "rule" for entry in entries)
            self.scroll_to(y=self.scroll_y - gone, animate=False, immediate=True)
            self.post_message(self.Scrolled())
        self.refresh()

    def to_the_end(self) -> None:
        """Show what is newest, and follow it from now on."""
        self._follows = True
        self._scroll_down()
        self.call_after_refresh(self._scroll_down)  # what is around the log may be about to make it smaller
        self.post_message(self.Scrolled())

    def _scroll_down(self) -> None:
        if self._follows:
            self.unseen = 0
            self.scroll_to(y=max(0, len(self.rows) - self._space.height), animate=False, immediate=True)
            self._follows = True  # although a size that is no longer true may have kept it from the end

    def catch_up(self) -> None:
        """Take everything for read."""
        self.rows.mark(None)
        self.virtual_size = Size(self.rows.width, len(self.rows))
        self.to_the_end()
        self.refresh()

    def watch_window(self, is_watched: bool) -> None:
        """Note whether the person looks at this window: what comes meanwhile is marked."""
        if not is_watched:
            self.rows.mark(None)
        self._is_watched = is_watched

    def by_pages(self, pages: float) -> None:
        """Scroll down by this many pages; up, if it is negative."""
        rows = round(pages * max(1, self._space.height - 1))
        self.scroll_to(y=self.scroll_y + rows, animate=False, immediate=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Begin or end to follow, whoever scrolled."""
        super().watch_scroll_y(old_value, new_value)
        self._follows = round(new_value) >= len(self.rows) - self._space.height
        if self._follows:
            self.unseen = 0
        self.post_message(self.Scrolled())

    def on_resize(self, event: events.Resize) -> None:
        """Break the rows anew, and keep in view what was at the top of it."""
        if self._space.width == self.rows.width:
            return self._stay()
        position, _ = self.rows.at(round(self.scroll_y)) if len(self.rows) else (0, 0)
        self.rows.resize(self._space.width)
        self.virtual_size = Size(self._space.width, len(self.rows))
        self._stay(self.rows.first_row(position))

    def render_line(self, y: int) -> Strip:
        """Draw one row of the view."""
        self.rows.is_dark = self.app.current_theme.dark
        row, base = round(self.scroll_y) + y, self.rich_style
        if row >= len(self.rows):
            return Strip.blank(self._space.width, base)
        if self.rows.is_own(row):
            base += colours.behind_own(self.rows.is_dark)
        strip = Strip(Segment(text, base + (style or base)) for text, style, *_ in self.rows.draw(row))
        return strip.adjust_cell_length(self._space.width, base)

    @property
    def _space(self) -> Size:
        """What is left beside the scroll bar."""
        return self.scrollable_content_region.size

    def _stay(self, row: int | None = None) -> None:
        if self._follows:
            self.to_the_end()
        elif row is not None:
            self.scroll_to(y=row, animate=False, immediate=True)

    def _dated(self, entries: list[Entry]) -> list[Entry]:
        """Put a line before the first entry of each day, unless that is today."""
        dated: list[Entry] = []
        for entry in entries:
            if entry.when.date() != self._day:
                dated.append(day(entry.when))
            dated.append(entry)
            self._day = entry.when.date()
        return dated
