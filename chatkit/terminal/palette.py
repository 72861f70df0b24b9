"""The command palette (Ctrl+P): what the keys offer just now, and Textual's own for themes and pictures."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.binding import Binding

THEIRS = ("Theme", "Screenshot")


def offered(app: App[Any], theirs: Iterable[SystemCommand]) -> Iterable[SystemCommand]:
    """Yield the commands that make sense now."""
    yield from (command for command in theirs if command.title in THEIRS)
    for binding in app.BINDINGS:
        if isinstance(binding, Binding) and binding.show and app.check_action(binding.action, ()):
            key = f"The key {binding.key.partition(',')[0]}"
            yield SystemCommand(binding.description, key, partial(app.run_action, binding.action))
