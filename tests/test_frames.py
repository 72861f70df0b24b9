"""A look at all threads: each is found, and nothing is collected in the midst of it."""

import gc
import inspect
import sys
import threading

import pytest

from chatkit.check.frames import frames


@pytest.fixture
def hasty_collector():
    """The collector runs as often as it can; the fixture is the places that it has interrupted."""
    interrupted, before = [], gc.get_threshold()

    def note(phase, _about):
        if phase == "start":
            interrupted.append((sys._getframe(1).f_code, sys._getframe(1).f_lineno))

    gc.callbacks.append(note)
    gc.set_threshold(1)
    yield interrupted
    gc.set_threshold(*before)
    gc.callbacks.remove(note)


def look():
    """The place where `frames` looks."""
    lines, first = inspect.getsourcelines(frames)
    (at,) = (number for number, line in enumerate(lines, first) if "_current_frames()" in line)
    return frames.__code__, at


def test_every_thread_is_found_and_nothing_collected_meanwhile(hasty_collector):
    enough = threading.Event()
    threads = [threading.Thread(target=enough.wait) for _ in range(20)]
    for thread in threads:
        thread.start()
    try:
        found = frames()
        assert {thread.ident for thread in threads} <= set(found)
        assert hasty_collector
        assert look() not in hasty_collector
        assert gc.isenabled()
    finally:
        enough.set()
        for thread in threads:
            thread.join()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        assert frames()
        assert not gc.isenabled()
    finally:
        gc.enable()
