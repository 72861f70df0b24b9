"""A thread of a server that dies of an exception is told in the room's log, not under some cell.

Python would print a traceback wherever the notebook happens to be. Here the log gets one sentence: which
exception, and in which line of the server it was raised.
"""

import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any
from weakref import WeakKeyDictionary, WeakMethod

from chatkit.lab.meter import METER
from chatkit.lab.places import line_name

Tell = Callable[[str], object]

_watched: WeakKeyDictionary[Any, WeakMethod[Tell]] = WeakKeyDictionary()
_others_hook = threading.excepthook


def watch(server: Any, tell: Tell) -> None:
    """Call the method `tell` with a sentence when a thread of `server` dies; it keeps neither alive.

    It is one that ran a method of it, or that held one of its `sockets`, if it tells them.
    """
    global _others_hook
    if threading.excepthook is not _hook:
        _others_hook, threading.excepthook = threading.excepthook, _hook
    _watched[server] = WeakMethod(tell)


def sentence(error: BaseException, trace: TracebackType | None) -> str:
    """Say what `error` was, and where a watched server raised it."""
    own = [(frame, line) for frame, line in traceback.walk_tb(trace) if _who_is_told(frame)]
    code, line = own[-1][0].f_code, own[-1][1]
    return f"a thread died: {type(error).__name__} in {code.co_name} ({line_name(code.co_filename, line)})"


def _hook(died: threading.ExceptHookArgs) -> None:
    for frame, _ in traceback.walk_tb(died.exc_traceback):
        told = _who_is_told(frame)
        if told and died.exc_value:
            if tell := told():  # if not, the room is forgotten
                tell(sentence(died.exc_value, died.exc_traceback))
            return
    _others_hook(died)


def _who_is_told(frame: FrameType) -> WeakMethod[Tell] | None:
    with suppress(TypeError):  # no server is unhashable, but `self` may be anything
        if tell := _watched.get(frame.f_locals.get("self")):
            return tell
    if frame.f_code in METER.codes:
        return None  # it stands in front of a call, and is nobody's own
    here = set(map(id, frame.f_locals.values()))
    for server, tell in list(_watched.items()):
        if here & set(map(id, getattr(server, "sockets", ()))):
            return tell
    return None
