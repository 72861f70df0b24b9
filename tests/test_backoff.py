"""Waiting before a new try: the bound doubles up to a cap, and the dice come after the cap."""

import random

import pytest

from chatkit.backoff import Backoff


@pytest.mark.fault(11)
def test_the_bound_doubles_from_half_a_second_to_thirty_and_stays_there():
    backoff = Backoff()
    bounds = []
    for _ in range(9):
        bounds.append(backoff.bound)
        backoff.next()
    assert bounds == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


@pytest.mark.fault(11)
def test_a_wait_is_anywhere_below_the_bound_also_at_the_cap():
    """With the dice before the cap, most waits at the cap would be 30 seconds sharp, for everybody."""
    backoff = Backoff(dice=random.Random(1))
    backoff.tries = 20
    waits = [backoff.next() for _ in range(1000)]
    assert max(waits) <= 30.0
    assert len(set(waits)) == 1000
    assert [sum(low <= wait < low + 10 for wait in waits) // 100 for low in (0, 10, 20)] == [3, 3, 3]


@pytest.mark.fault(11)
def test_a_seed_repeats_the_waits_and_another_gives_others():
    def waits(seed):
        backoff = Backoff(dice=random.Random(seed))
        return [backoff.next() for _ in range(5)]

    assert waits(7) == waits(7) != waits(8)


def test_a_success_makes_the_next_wait_short_again():
    backoff = Backoff()
    for _ in range(5):
        backoff.next()
    backoff.reset()
    assert backoff.next() <= 0.5


@pytest.mark.parametrize("tries", [60, 1100, 10**6])
def test_days_of_trying_overflow_nothing(tries):
    backoff = Backoff()
    backoff.tries = tries
    assert 0.0 <= backoff.next() <= 30.0
