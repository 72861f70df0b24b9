"""A pace: a burst passes, then so many a second, exact to the line; the clock is the test's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatkit.pace import Pace


@pytest.fixture
def pace():
    return Pace(rate=20, burst=100, now=0.0)


@pytest.mark.fault(22)
def test_a_burst_passes_and_not_a_line_more(pace):
    assert pace.allow(150, 0.0) == 100
    assert pace.allow(1, 0.0) == 0


@pytest.mark.fault(22)
def test_after_the_burst_so_many_a_second_pass(pace):
    pace.allow(100, 0.0)
    assert [pace.allow(50, second) for second in (1.0, 2.0, 2.5)] == [20, 20, 10]


@pytest.mark.fault(22)
def test_silence_earns_a_new_burst_and_no_more(pace):
    pace.allow(100, 0.0)
    assert pace.allow(1000, 3600.0) == 100


@pytest.mark.fault(22)
def test_a_complaint_counts_what_did_not_pass_and_comes_once_a_second(pace):
    assert pace.complaint(0.0) == ""
    pace.allow(130, 0.0)
    assert "nobody heard 30 of your lines; 20 a second are fine" in pace.complaint(0.0)
    pace.allow(5, 0.1)
    assert pace.complaint(0.1) == ""
    assert "nobody heard 3 of your lines" in pace.complaint(1.0)


@pytest.mark.fault(22)
def test_a_flood_lasts_as_long_as_there_is_no_second_of_rest(pace):
    for tenth in range(301):
        pace.allow(50, tenth / 10)
    assert pace.flood == pytest.approx(30, abs=0.3)
    pace.allow(100, 33.0)
    assert pace.flood == 0


@pytest.mark.fault(22)
@given(st.lists(st.tuples(st.floats(0, 3), st.integers(0, 300)), max_size=30))
def test_never_more_than_the_burst_and_what_the_time_earns(steps):
    pace, now, passed = Pace(rate=20, burst=100, now=0.0), 0.0, 0
    for pause, lines in steps:
        now += pause
        passed += pace.allow(lines, now)
        assert passed <= 100 + 20 * now + 1e-6
