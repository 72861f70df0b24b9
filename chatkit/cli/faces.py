"""The full-screen faces, if they can be had: they stand above this floor, so they are called by their names.

Textual is the one thing that the commands can use and do not need.
"""

import os
import sys
from importlib import import_module
from typing import Any, TextIO


def is_screen() -> bool:
    """Say whether a person sits at a terminal that can do more than print; Textual draws on stderr."""
    return all(map(is_terminal, (sys.stdin, sys.stdout, sys.stderr))) and not is_dumb()


def is_dumb() -> bool:
    """Say whether the terminal can only print, as far as the environment tells."""
    return os.environ.get("TERM", "" if sys.platform == "win32" else "dumb") == "dumb"


def full_screen(face: str) -> Any:
    """Return the module `chatkit.terminal.<face>`; None if Textual is not installed, which is said once."""
    try:
        return import_module(f"chatkit.terminal.{face}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("textual", "rich"):
            raise
    print(
        "chatkit: the full-screen app needs Textual (pip install textual); here is the plain one",
        file=sys.stderr,
    )
    return None


def is_terminal(stream: TextIO | None) -> bool:
    """Say whether a stream is a terminal; one that was closed from the start is none."""
    return bool(stream and stream.isatty())
