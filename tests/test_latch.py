"""A latch holds up whoever waits until it is opened; `test_signal_handler` has one interrupt the other."""

import threading

from talker import PATIENCE

from chatkit.latch import Latch


def test_whoever_waits_passes_when_it_is_opened(eventually):
    latch, passed = Latch(), []
    waiters = [threading.Thread(target=lambda: passed.append(latch.wait(PATIENCE))) for _ in range(3)]
    for waiter in waiters:
        waiter.start()
    assert not latch.wait(0.01)
    latch.open()
    eventually(lambda: passed == [True] * 3)
    assert latch.wait(0)


def test_it_may_be_opened_twice():
    latch = Latch()
    latch.open()
    latch.open()
    assert latch.wait(0)
