"""The time of day may jump: no deadline depends on it, and nobody is cut for it."""

import time

import pytest

from chatkit import Limits


@pytest.mark.fault(47)
@pytest.mark.parametrize("jump", [-86_400, 86_400])
def test_a_clock_that_jumps_by_a_day_cuts_nobody_and_spares_nobody(serve, talk, gather, monkeypatch, jump):
    server = serve()
    ada, grace = gather(server, "ada", "grace")
    server.limits = Limits(naming=0.5)
    stranger = talk(server)
    stranger.hears_the_prompt()
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    stranger.hears_an_error("no name within 0.5 seconds")
    ada.says("what time is it?")
    grace.hears("[ada] what time is it?")
    server.limits = Limits()
    talk(server, "linus")
    grace.hears("* linus has entered the room")
