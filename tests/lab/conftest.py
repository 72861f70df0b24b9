"""Rooms for tests: whatever a test has opened is closed after it, and nothing of it is left."""

import threading

import pytest

from chatkit.lab.rooms import _stop_all


@pytest.fixture
def rooms(nothing_left, eventually):
    """After the test every room is closed, and every person at rest."""
    yield
    _stop_all()
    eventually(no_pump_runs)


def no_pump_runs():
    """Say whether every person is at rest: their threads end a moment after their last work."""
    theirs = ("chatkit pane", "chatkit client")
    return not [each for each in threading.enumerate() if each.name.startswith(theirs)]


@pytest.fixture(name="at_rest")
def _at_rest(eventually):
    """`at_rest()` waits until every person is."""
    return lambda: eventually(no_pump_runs)
