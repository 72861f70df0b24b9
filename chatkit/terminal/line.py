"""The line that is being typed: what a person has in hand is theirs until it goes out or they take it back.

Up and Down bring earlier lines, Tab completes, a paste of several lines is asked about before it is sent, and
a line that no server would take stays where it is.
"""

from collections.abc import Sequence
from difflib import get_close_matches

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


def problem(line: str, commands: Sequence[str]) -> str:
    """Say why a line cannot go out; empty if it can. Where no `commands` are known, any may be one."""
    if (over := size(line) - MAX_LINE) > 0:
        return f"that line is {over:,} bytes too long: a server takes {MAX_LINE:,} at most"
    if not line.startswith("/") or line.startswith("//") or not commands:
        return ""
    word = (line[1:].split() or [""])[0]
    if word in commands:
        return ""
    near = get_close_matches(word, commands, n=1)
    meant = f" (did you mean /{near[0]}?)" if near else ""
    return f"there is no command /{word[:24]} here{meant}; to say it as words, type //{word[:24]}"


class TypedLine(Input):
    """An input of one row that knows what was typed before."""

    class Entered(Message):
        """A line is to go out."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    class Refused(Message):
        """A line cannot go out; `why` says it in words."""

        def __init__(self, why: str) -> None:
            super().__init__()
            self.why = why

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

    async def _on_key(self, event: events.Key) -> None:
        """Do what a key stands for at once: what is typed fast, or ahead, must not overtake it."""
        action = _ACTIONS.get(event.key)
        if not action:
            return await super()._on_key(event)
        event.stop()
        event.prevent_default()
        await self.run_action(action)

    def put_back(self, line: str) -> None:
        """Give a line back that could not be sent, unless another is being typed."""
        if not self.value:
            self.value = line
            self.cursor_position = len(line)

    async def action_submit(self) -> None:
        """Let the line go out, unless nobody would take it."""
        line = self.value
        if why := problem(line, self.commands):
            self.post_message(self.Refused(why))
        elif line.strip():
            self._history.add(line)
            self.value = ""
            self.post_message(self.Entered(line))

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


_ACTIONS = {
    key: binding.action
    for binding in [*Input.BINDINGS, *TypedLine.BINDINGS]
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
}


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
        if taken <= NEAR:
            return  # to lay everything out anew for each key would be slow
        self._bytes.set_class(taken > MAX_LINE, "too-long")
        self._bytes.update(f" {taken:,} of {MAX_LINE:,} bytes" + "!" * (taken > MAX_LINE))
