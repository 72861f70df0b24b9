"""How often the answer has read an end: recv gives b'' as often as one asks, and counting shows who asks.

Only calls from other threads than the main one count: in that one, the exam itself reads.
"""

import socket
import threading
from collections.abc import Callable
from typing import Any


def count_empty_reads() -> Callable[[], int]:
    """From now on count the empty reads of this process; return what tells the number so far."""
    count = 0

    def watched(read: Callable[..., Any]) -> Callable[..., Any]:
        def reads(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            got = read(*arguments, **options)
            if not got and threading.current_thread() is not threading.main_thread():
                count += 1
            return got

        return reads

    for name in ("recv", "recv_into"):
        setattr(socket.socket, name, watched(getattr(socket.socket, name)))
    return lambda: count
