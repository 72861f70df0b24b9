"""A deadline counts only time in which the program ran: a machine that stands still accuses nobody."""

from itertools import chain, repeat

import pytest

from chatkit import awake
from chatkit.check import deadline
from chatkit.check.deadline import PAUSE, comes_true


class Clock:
    """Time that passes in pauses only: the first ones take these seconds, the others what was asked for."""

    def __init__(self, *pauses):
        self.now, self._pauses = 0.0, chain(pauses, repeat(None))

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += next(self._pauses) or seconds


@pytest.fixture
def stand(monkeypatch):
    """Have a clock in place of the real one, whose first pauses take so long."""

    def replace(*pauses):
        clock = Clock(*pauses)
        monkeypatch.setattr(deadline, "time", clock)
        monkeypatch.setattr(awake, "time", clock)
        return clock

    return replace


def test_who_asks_for_no_time_gets_one_look():
    looks = []
    assert not comes_true(lambda: looks.append("a look"), 0)
    assert looks == ["a look"]
    assert comes_true(lambda: True, 0)


@pytest.mark.parametrize("pauses", [(), (3600.0,), (3600.0, 3600.0)], ids=["runs", "stops", "stops twice"])
def test_a_machine_that_stands_still_uses_up_no_time(stand, pauses):
    clock = stand(*pauses)
    assert comes_true(lambda: clock.now >= sum(pauses) + 1.0, 3.0)


def test_what_never_comes_is_waited_for_as_long_as_was_said(stand):
    clock = stand()
    assert not comes_true(lambda: False, 3.0)
    assert 3.0 <= clock.now <= 3.0 + 2 * PAUSE
