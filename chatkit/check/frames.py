"""Where every thread of this process stands, seen without the garbage collector's help.

Before Python 3.12 the collector may run while `sys._current_frames` holds a lock of the interpreter. Whatever
it collects and closes then may want that lock, and all threads stand still for ever (CPython's gh-106883).
"""

import gc
import sys
import threading
from types import FrameType

_looking = threading.Lock()  # or one look would switch the collector on in the midst of another


def frames() -> dict[int, FrameType]:
    """Return the innermost frame of each thread, by the thread's identity."""
    with _looking:
        collects = gc.isenabled()
        gc.disable()
        try:
            return sys._current_frames()
        finally:
            if collects:
                gc.enable()
