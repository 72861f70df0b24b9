"""What a wire's log says, as lines for a terminal: each event is one line, in the order in which it was sent.

Whatever comes from the network is made harmless: in quotes, and with an escape for all that does not print.
An event is written once it has arrived or is lost, or when it has been on its way for a while.
"""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatkit.lab.events import Event, EventLog

SOON = 0.2  # seconds that a line waits to be told how it ended
WIDTH = 160  # columns of data


class Tape:
    """Write the events of `log`, each once, to standard output."""

    def __init__(self, log: "EventLog") -> None:
        self.log = log
        self._last = 0  # the number of the last event that was written
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")

    def write_new(self) -> None:
        """Write what is new and decided."""
        self._write_until(self.log.now() - SOON)

    def write_rest(self) -> None:
        """Write all that is left."""
        self._write_until(self.log.now() + 1)

    def write(self, line: str) -> None:
        """Write one line; raise `OSError`."""
        print(line, flush=True)

    def _write_until(self, time: float) -> None:
        for event in self.log.events:
            if event.number <= self._last:
                continue
            if event.arrived is None and not event.lost and event.sent > time:
                return
            if missed := event.number - self._last - 1:
                self.write(f"... {missed} events came too fast to be shown")
            self.write(as_line(event))
            self._last = event.number


def as_line(event: "Event") -> str:
    """Return the event as one line: when, whose, which way, what."""
    from chatkit.lab.diagram.words import make_safe
    from chatkit.lab.events import Kind, Way

    arrow = "-->" if event.way is Way.TO_SERVER else "<--"
    what = f"{arrow} {show(event.data, event.size)}" if event.kind is Kind.BYTES else f"{arrow} {event.kind}"
    if event.kind in (Kind.CONNECTED, Kind.NOTE, Kind.SILENCE):
        what = make_safe(event.words or event.kind, WIDTH)
    fate = "  (lost)" if event.lost else "  (not yet taken)" if event.arrived is None else ""
    return f"{event.sent:9.3f}  {make_safe(event.person, 24):<9}  {what}{fate}"


def show(data: bytes, size: int) -> str:
    r"""Return the bytes as quoted lines, such as "hello\n" "wor", of which the last may go on."""
    from chatkit.lab.diagram.words import cut_lines, fit, isolate

    pieces, left = fit(cut_lines(data, True, len(data) == size), WIDTH, 3, 20)
    words = [f'"{isolate(piece.text)}{piece.end}"' for piece in pieces]
    words += [f"and {left} more"] if left else []
    words += [f"({size:,} bytes)"] if left or size > WIDTH else []
    return " ".join(words)
