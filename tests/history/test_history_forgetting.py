"""Many who want to be forgotten: all are, and they take no more of the room's time than was promised."""

import pytest

from chatkit.history import History
from chatkit.history.store import Store
from chatkit.history.wishes import UNTOLD

LATER = "! your lines will be removed as soon as that can be done; /forget again tells whether it was"


@pytest.fixture
def clock(monkeypatch):
    """A clock in a list that goes on by itself by 50 ms whenever the file is gone through."""
    now = [0.0]
    forget = Store.forget
    monkeypatch.setattr("chatkit.history.wishes.time.monotonic", lambda: now[0])
    monkeypatch.setattr(
        Store, "forget", lambda *args: now.__setitem__(0, round(now[0] + 0.05, 3)) or forget(*args)
    )
    return now


@pytest.fixture
def passes(monkeypatch):
    """How often a file has been gone through, as a list."""
    found, forget = [], Store.forget
    monkeypatch.setattr(Store, "forget", lambda *args: found.append(args) or forget(*args))
    return found


@pytest.fixture
def tired(remember):
    """A history that has no time left to forget anybody, and lines of 40 who want it."""
    history = remember()
    history.record([("grace", "hi")])
    history.record([(f"v{n}", "SECRET") for n in range(40)])
    history._wishes._allowance.spend(10.0)
    assert [history.forget(f"v{n}") for n in range(40)] == [None] * 40
    return history


@pytest.mark.fault(41)
def test_who_never_spoke_and_asks_all_day_takes_a_twentieth_of_all_time(remember, clock):
    history = remember()
    history.record([("grace", "hi")])
    idle = 0.0
    while idle < 60.0:
        for n in range(8):
            history.forget(f"n{n}")
        clock[0] += 0.05
        idle += 0.05
        history.record(())
    busy = clock[0] - idle
    assert 1.0 < busy < 1.0 + 0.05 * clock[0] + 0.1  # what was saved up, its share, and the last one


@pytest.mark.fault(41)
@pytest.mark.parametrize("finish", ["tick", "close"])
def test_all_who_wait_are_forgotten_in_one_pass(tired, passes, found, read, finish):
    tired._wishes._allowance.spend(-20.0)
    tired._next_look = 0.0
    tired.record(()) if finish == "tick" else tired.close()
    assert len(passes) == 1
    assert read() == [("grace", "hi")]
    assert found("SECRET") == []


@pytest.mark.fault(41)
def test_who_was_forgotten_later_is_told_how_much_it_was(tired):
    tired._wishes._allowance.spend(-20.0)
    assert [tired.forget(f"V{n}") for n in range(40)] == [1] * 40
    assert tired.forget("v7") == 0


def test_what_nobody_asks_for_again_does_not_pile_up(remember):
    history = remember()
    names = [f"v{n}" for n in range(UNTOLD + 10)]
    for name in names:
        history.record([(name, "hello")])
        history._wishes.add(name)
    history._next_look = 0.0
    history.record(())
    assert history.forget("nobody") == 0
    assert len(history._wishes._removed) <= UNTOLD
    assert history.forget(names[-1]) == 1


@pytest.mark.fault(41)
def test_forty_who_ask_and_leave_cost_a_stop_one_pass(serve, talk, path, passes, found, monkeypatch):
    monkeypatch.setattr("chatkit.history.allowance.Allowance.is_left", lambda *_: False)
    server = serve(history=History(path))
    for n in range(40):
        talker = talk(server)
        talker.sends(f"v{n}\nSECRET\n/forget\n/quit\n".encode())
        assert LATER in talker.hears_all()
    server.stop()
    assert len(passes) == 1
    assert found("SECRET") == []
