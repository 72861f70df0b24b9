"""The line that is being typed: what a person has in hand is theirs until it goes out or they take it back.

Up and Down bring earlier lines, Tab completes, a paste of several lines is asked about before it is sent, and
a line that no server would take stays where it is.
"""

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from chatkit.framing import MAX_LINE
from chatkit.messages import clean
from chatkit.terminal.inert import inert
from chatkit.terminal.recall import Completion, History

NEAR = MAX_LINE * 3 // 4  # bytes from which on the count is shown


def size(line: str) -> int:
    """Return how many bytes a line takes on the wire, its newline counted."""
    return len(clean(line).encode("utf-8", "replace")) + 1


class TypedLine(Input):
    """An input of one row that knows what was typed before."""

    class Entered(Message):
        """A line is to go out."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    class Pasted(Message):
        """Several lines were pasted at once."""

        def __init__(self, lines: list[str]) -> None:
            super().__init__()
            self.lines = lines

    class ToTheEnd(Message):
        """The key End was pressed."""

    BINDINGS = [
        Binding("up", "recall(-1)", "Earlier line", show=False),
        Binding("down", "recall(1)", "Later line", show=False),
        Binding("tab", "complete", "Complete", show=False),
        Binding("end", "to_the_end", "Newest", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(compact=True, select_on_focus=False)
        self.cursor_blink = False
        self.names: tuple[str, ...] = ()
        self.commands: tuple[str, ...] = ()
        self._history = History()
        self._completion = Completion()

    def take(self) -> None:
        """Take the line out: it has been entered."""
        self._history.add(self.value)
        self.value = ""

    def put_back(self, line: str) -> None:
        """Give a line back that could not be sent, unless another is being typed."""
        if not self.value:
            self.value = line
            self.cursor_position = len(line)

    async def action_submit(self) -> None:
        """Enter the line."""
        if self.value.strip():
            self.post_message(self.Entered(self.value))

    def action_recall(self, steps: int) -> None:
        """Bring an earlier or a later line."""
        line = self._history.move(steps, self.value)
        if line is not None:
            self.value = line
            self.cursor_position = len(line)

    def action_complete(self) -> None:
        """Complete the name or the command before the cursor."""
        before, after = self.value[: self.cursor_position], self.value[self.cursor_position :]
        if completed := self._completion.complete(before, self.names, self.commands):
            self.value = completed + after
            self.cursor_position = len(completed)

    def action_to_the_end(self) -> None:
        """Go to the end of the line, and of the log."""
        self.action_end()
        self.post_message(self.ToTheEnd())

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        lines = [clean(line) for line in event.text.splitlines() if line.strip()]
        if len(lines) > 1:
            self.post_message(self.Pasted(lines))
        elif lines:
            self.insert_text_at_cursor(lines[0])


class Desk(Horizontal):
    """The line with the person's name before it, and its size behind it when that comes near the limit."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.line = TypedLine()
        self._speaker = Static("", markup=False, id="speaker")
        self._bytes = Static("", markup=False, id="count")
        self.speaker = name

    def compose(self) -> ComposeResult:
        """Put the three beside each other."""
        yield self._speaker
        yield self.line
        yield self._bytes

    def on_mount(self) -> None:
        """Show who speaks."""
        self._speaker.update(f"{inert(self.speaker)}> ")

    def rename(self, name: str) -> None:
        """Show another name."""
        if name != self.speaker:
            self.speaker = name
            self.on_mount()

    def on_input_changed(self) -> None:
        """Count what the line takes on the wire."""
        taken = size(self.line.value)
        self._bytes.display = taken > NEAR
        self._bytes.set_class(taken > MAX_LINE, "too-long")
        self._bytes.update(f" {taken:,} of {MAX_LINE:,} bytes" + "!" * (taken > MAX_LINE))
