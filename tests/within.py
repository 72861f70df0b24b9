"""A bound on how long something takes that a machine which stands still meanwhile does not break."""

import threading
from collections.abc import Callable
from typing import TypeVar

from chatkit.check.deadline import comes_true

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """Do `work` and return what it returns; fail after `seconds` seconds in which this program ran."""
    results: list[T] = []
    thread = threading.Thread(target=lambda: results.append(work()), daemon=True)
    thread.start()
    assert comes_true(lambda: not thread.is_alive(), seconds), f"it takes more than {seconds:g} seconds"
    return results[0]
