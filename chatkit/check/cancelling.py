"""A pool of threads whose work is cancelled when its owner leaves it by an exception, an interrupt above all.

Python interrupts the main thread only, so the others look at each checkpoint whether they are still wanted.
One stands where something is waited for that may take long, and none in what ends a server. And Python looks
for an interrupt before it waits for a lock: one that comes between the look and the wait would be heard of at
the end of the wait only, so the owner of a pool waits a little at a time.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

A_WHILE = 0.1  # seconds


class Cancelled(BaseException):
    """Nobody wants the result of this work any more."""


class _Mine(threading.local):
    orders: tuple[threading.Event, ...] = ()  # each of them cancels the work of this thread


_mine = _Mine()


@contextmanager
def pool(threads: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """Yield a pool of `threads` called `name`, and wait for its work; a pool within is cancelled with it."""
    cancelled = threading.Event()
    orders = (*_mine.orders, cancelled)
    with ThreadPoolExecutor(threads, name, _take, (orders,)) as workers:
        try:
            yield workers
        except BaseException:
            cancelled.set()
            workers.shutdown(wait=False, cancel_futures=True)
            raise


def result(work: Future[T]) -> T:
    """Wait for what comes of `work`, and return or raise it."""
    while not wait([work], A_WHILE).done:
        pass
    return work.result()


def checkpoint() -> None:
    """Raise `Cancelled` in a thread whose work nobody wants any more."""
    if any(order.is_set() for order in _mine.orders):
        raise Cancelled


def _take(orders: tuple[threading.Event, ...]) -> None:
    _mine.orders = orders
