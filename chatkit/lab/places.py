"""Where a thread of this process stands: in which call it waits, and at which line of whose source.

Only code and line of its frames are read, never a variable: that would keep the values alive. A call is known
by its last name, from the bytecode, so it is known for source that no file holds too.
"""

import dis
import re
import sysconfig
from collections.abc import Iterator, Set
from functools import cache, lru_cache
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

SEND, ACCEPT, RECV, LOCK = "send", "accept", "recv", "lock"
_WAITS = {
    **dict.fromkeys(("accept", "_accept"), ACCEPT),
    **dict.fromkeys(("recv", "recv_into", "recvfrom", "recvmsg"), RECV),
    **dict.fromkeys(("send", "sendall", "sendto", "sendmsg"), SEND),
    **dict.fromkeys(("acquire", "__enter__"), LOCK),
    **dict.fromkeys(("select", "poll", "control"), "select"),
    "sleep": "sleep",
}
_WAITS_IN_LIBRARY = {"get": LOCK, "put": LOCK, "join": LOCK, "wait": LOCK}  # in others' source, a dict's get
_LAB = str(Path(__file__).parent)
_LIBRARY = tuple({sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")})


class Place(NamedTuple):
    """A call that waits, empty if the thread is at work; `where` is empty if no source is the server's."""

    call: str = ""
    where: str = ""  # as in "naive.py:32"


def place(frame: FrameType, meter: Set[CodeType] = frozenset()) -> Place:
    """Return where the thread whose innermost frame this is stands; `meter` is code in front of a call."""
    metered = frame.f_code in meter
    name = frame.f_code.co_name if metered else _called(frame.f_code, frame.f_lasti)
    waits = _WAITS | _WAITS_IN_LIBRARY if _is_library(frame.f_code.co_filename) else _WAITS
    return Place(waits.get(name, ""), own_line(frame))


def own_line(frame: FrameType) -> str:
    """Return the innermost line that is neither Python's own library nor the lab, as in "naive.py:32"."""
    own = (each for each in _outwards(frame) if not _is_passed_over(each.f_code.co_filename))
    return next(map(_line, own), "")


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame:
        yield frame
        frame = frame.f_back


def line_name(path: str, number: int) -> str:
    """Return a line of source in short, as in "naive.py:32" or, of a cell in a notebook, "cell:3"."""
    is_cell = re.search(r"ipykernel_\d+|^<", path)  # "<ipython-input-3-...>", "<stdin>"
    return f"{'cell' if is_cell else Path(path).name}:{number}"


def _line(frame: FrameType) -> str:
    """Return the line that a frame stands at; there are many cells, so a function there is named instead."""
    where, code = line_name(frame.f_code.co_filename, frame.f_lineno), frame.f_code
    return where.replace("cell:", f"{code.co_name}:", 1) if code.co_name.isidentifier() else where


@cache
def _is_library(path: str) -> bool:
    return path.startswith("<frozen") or (path.startswith(_LIBRARY) and "-packages" not in path)


@cache
def _is_passed_over(path: str) -> bool:
    return _is_library(path) or path.startswith(_LAB)


@lru_cache(1024)
def _called(code: CodeType, offset: int) -> str:
    """Return the last name of what is being called at `offset`: whatever begins where the call begins."""
    name, begin = "", {each.offset: _begin(each) for each in dis.get_instructions(code)}.get(offset)
    for each in dis.get_instructions(code):
        if each.offset > offset:
            break
        if each.offset == offset and each.opname == "BEFORE_WITH":
            return "__enter__"
        if each.opname.startswith("LOAD") and isinstance(each.argval, str) and _begin(each) == begin:
            name = each.argval
        last = each
    return name if last.offset == offset and "CALL" in last.opname else ""  # PRECALL too, in Python 3.11


def _begin(instruction: dis.Instruction) -> tuple[int | None, int | None] | None:
    at = instruction.positions
    return (at.lineno, at.col_offset) if at else None
