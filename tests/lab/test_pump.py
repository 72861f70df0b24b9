"""The pump: work in order, never two threads at it, and seldom a word to the views."""

import threading
import time
from functools import partial
from itertools import pairwise

import pytest

from chatkit.lab import pump as pumps
from chatkit.lab.pump import Pump


def pumping():
    return [thread for thread in threading.enumerate() if thread.name == "pump in a test"]


@pytest.fixture
def shown():
    """When the pump showed something, in seconds of the monotonic clock."""
    return []


@pytest.fixture
def pump(shown, eventually):
    yield Pump(lambda: shown.append(time.monotonic()), "pump in a test")
    eventually(lambda: not pumping())


def test_work_from_many_threads_is_all_done_each_thread_s_in_order_and_never_two_at_once(pump):
    done, busy = {name: [] for name in range(4)}, threading.Lock()

    def work(name, number):
        assert busy.acquire(blocking=False)
        done[name].append(number)
        busy.release()

    def put_all(name):
        for number in range(500):
            pump.put(partial(work, name, number))

    threads = [threading.Thread(target=put_all, args=(name,)) for name in done]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pump.call(lambda: None)
    assert done == {name: list(range(500)) for name in done}


@pytest.mark.fault(44)
def test_a_flood_of_work_is_shown_at_most_ten_times_a_second_and_its_end_is_shown(pump, shown, eventually):
    began, done = time.monotonic(), []
    while time.monotonic() - began < 0.5 or len(done) <= 100 or len(shown) < 2:
        pump.put(lambda: done.append(time.monotonic()))
    pump.call(lambda: None)
    eventually(lambda: shown[-1] > done[-1])
    pauses = [later - earlier for earlier, later in pairwise(shown)]
    assert min(pauses) >= 0.099


def test_what_comes_alone_is_shown_at_once(pump, shown):
    pump.call(lambda: None)
    assert len(shown) == 1


def test_queueing_never_waits_though_the_work_does(pump):
    gate, done = threading.Event(), []
    pump.put(gate.wait)
    pump.put(lambda: done.append("after"))
    assert done == []
    gate.set()
    pump.call(lambda: None)
    assert done == ["after"]


def test_its_thread_ends_when_there_is_nothing_to_do_and_the_next_work_gets_a_new_one(pump, eventually):
    for _ in range(3):
        pump.call(lambda: None)
        assert len(pumping()) == 1
        eventually(lambda: not pumping())


def test_work_that_comes_as_the_thread_ends_is_not_left_lying(shown):
    eager = Pump(lambda: shown.append(1), "pump in a test", pause=0.0)  # it rests as soon as it can
    done = []
    for number in range(2000):
        eager.call(partial(done.append, number))
    assert done == list(range(2000))


def test_waiting_for_work_that_hangs_has_a_deadline(pump, monkeypatch):
    monkeypatch.setattr(pumps, "DEADLINE", 0.05)
    gate = threading.Event()
    with pytest.raises(TimeoutError, match="pump in a test did not finish"):
        pump.call(gate.wait)
    gate.set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_work_that_fails_keeps_nobody_waiting_and_all_other_work_is_done(pump):
    done = []

    def fail():
        raise ValueError("on purpose")

    pump.put(fail)
    pump.put(lambda: done.append("after"))
    pump.call(fail)
    pump.call(lambda: done.append("later"))
    assert done == ["after", "later"]
