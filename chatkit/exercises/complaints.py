"""What an answer raised, in one sentence for the one who wrote it.

It says what happened, where in the answer, and, where a beginner often comes by, why. No traceback, no place
of this machine: only lines of the answer count.
"""

import re
import traceback
from types import FrameType

ANSWERS = "answers/"  # an answer is compiled as the file in there, wherever it is
SLIPS = {  # how Python words it: what a beginner has to know
    "after * must be an iterable": "args wants a tuple, and one thing alone needs a comma: args=(client,).",
    "cannot unpack non-iterable socket": "A dict gives its keys alone; `self.names.items()` gives both.",
}
OWN_FILE = "an answer is a file of its own, so it imports or defines all that it uses"


def complaint(error: BaseException) -> str:
    """Return one sentence about what an answer raised, at any time."""
    if isinstance(error, SyntaxError):
        return f"Line {error.lineno or 1} is not Python yet: {error.msg}."
    if isinstance(error, SystemExit):
        return f"Your code wants to end the whole program{_where(error)}: take the exit out."
    if isinstance(error, UnboundLocalError):
        name = str(error).partition("'")[2].partition("'")[0]  # Python 3.11 does not set error.name
        return f"The name `{name}` is used{_where(error)} before the line that makes it."
    if isinstance(error, NameError) and error.name in ("hint", "predict", "progress"):
        return f"{error.name}() belongs into a cell of its own: the file of your answer does not know it."
    if isinstance(error, NameError) and (owner := _owner(error)):
        return f"`{error.name}` belongs to the {owner}: write `self.{error.name}`."
    if isinstance(error, NameError):
        return f"Python knows no `{error.name}`{_where(error)}: {OWN_FILE}."
    if isinstance(error, ModuleNotFoundError):
        return f"There is no module `{error.name}` to import{_where(error)}."
    if isinstance(error, EOFError):
        return f"Your code asks for input{_where(error)}, and nobody is there to type it."
    if isinstance(error, MemoryError):
        return f"Your code used up all the memory it may have{_where(error)}."
    if "can't start new thread" in str(error):
        return f"Your code starts threads without an end{_where(error)}: no more can be started."
    for words, sentence in SLIPS.items():
        if isinstance(error, TypeError) and words in str(error):
            return sentence
    return f"{_who(error)} raised {type(error).__name__}{_where(error)}: {_said(error)}"


def is_blunder(error: BaseException) -> bool:
    """Say whether an exception is the answer's own mistake, and not what a network may do at any time."""
    return not isinstance(error, OSError) and (bool(_mine(error)) or isinstance(error, TypeError))


def place(frame: FrameType | None) -> str:
    """Say in which function and line of the answer a frame is busy; empty if in none."""
    while frame:
        if frame.f_code.co_filename.startswith(ANSWERS):
            return _in(frame.f_code.co_name, frame.f_lineno)
        frame = frame.f_back
    return ""


def _where(error: BaseException) -> str:
    mine = _mine(error)
    return f" ({_in(mine[-1].name, mine[-1].lineno)})" if mine else ""


def _in(function: str, line: int | None) -> str:
    return f"line {line}" if function == "<module>" else f"{function}, line {line}"


def _mine(error: BaseException) -> list[traceback.FrameSummary]:
    return [
        frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(ANSWERS)
    ]


def _owner(error: NameError) -> str:
    """Say what has an attribute of that name, where the `self.` may be missing: class, object or nothing."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    me = frame.f_locals.get("self")
    if me is None or not error.name:
        return ""
    return "class" if hasattr(type(me), error.name) else "object" if error.name in dir(me) else ""


def _who(error: BaseException) -> str:
    return "Your code" if _mine(error) else "Calling your code"


def _said(error: BaseException) -> str:
    words = (
        " ".join(re.sub(r"<socket\.socket [^>]*>", "that socket", str(error)).split()) or "it says no more"
    )
    method = "." in words.partition("(")[0] and "positional argument" in words
    hint = " (is self missing, or another argument?)" if method else ""
    return f"{words[:200]}{hint}{'' if words.endswith(('.', '?', '!')) and not hint else '.'}"
