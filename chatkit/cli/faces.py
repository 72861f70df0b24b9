"""The full-screen faces, if they can be had: they stand above this floor, so they are called by their names.

Textual is the one thing that the commands can use and do not need.
"""

import sys
from importlib import import_module
from typing import Any


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
