"""The door: so many in all, so many from one address; this machine's own are not counted by address."""

import pytest

from chatkit import Limits
from chatkit.door import Door, is_loopback


def test_so_many_come_in_and_when_one_leaves_another():
    door = Door(Limits(clients=2), 1000)
    for _ in range(2):
        assert door.objection("127.0.0.1") == ""
        door.enter("127.0.0.1")
    assert "full" in door.objection("127.0.0.1")
    door.leave("127.0.0.1")
    assert door.objection("127.0.0.1") == ""


@pytest.mark.fault(25)
def test_so_many_come_in_from_one_address():
    door = Door(Limits(per_address=2), 1000)
    door.enter("192.0.2.1")
    door.enter("192.0.2.1")
    assert "2 connections came from your address" in door.objection("192.0.2.1")
    assert door.objection("192.0.2.2") == ""
    door.leave("192.0.2.1")
    assert door.objection("192.0.2.1") == ""


def test_a_household_with_ipv6_is_one_address():
    door = Door(Limits(per_address=2), 1000)
    door.enter("2001:db8:0:1::1")
    door.enter("2001:db8:0:1:ffff::2%eth0")
    assert "2 connections" in door.objection("2001:db8:0:1::3")
    assert door.objection("2001:db8:0:2::1") == ""
    door.leave("2001:db8:0:1::1")
    assert door.objection("2001:db8:0:1::3") == ""


def test_any_number_comes_in_from_this_machine():
    door = Door(Limits(per_address=2), 1000)
    for _ in range(50):
        assert door.objection("::1") == ""
        door.enter("::1")


def test_the_engine_says_how_many_and_so_do_the_descriptors(monkeypatch):
    monkeypatch.setattr("chatkit.door.descriptors", lambda: 35)
    door = Door(Limits(), 1000)
    for _ in range(3):
        door.enter("127.0.0.1")
    assert "full" in door.objection("127.0.0.1")


def test_once_shut_nobody_comes_in():
    door = Door(Limits(), 1000)
    door.shut = True
    assert "full" in door.objection("127.0.0.1")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_has_many_addresses(host):
    assert is_loopback(host)


def test_only_strangers_have_a_pace_unless_one_is_asked_for():
    assert Door(Limits(), 9).pace("127.0.0.1") is None
    assert Door(Limits(), 9).pace("192.0.2.1") is not None
    assert Door(Limits(rate=5), 9).pace("127.0.0.1") is not None


def test_whoever_comes_back_goes_on_at_the_pace_at_which_somebody_left():
    door = Door(Limits(per_address=2), 9)
    door.enter("192.0.2.1")
    pace = door.pace("192.0.2.1")
    door.leave("192.0.2.1", pace)
    assert door.pace("192.0.2.2") is not pace
    assert door.pace("192.0.2.1") is pace
    assert door.pace("192.0.2.1") is not pace


def test_whoever_comes_back_later_is_a_newcomer_and_nobody_is_remembered_for_ever(monkeypatch):
    door, now = Door(Limits(), 9), [0.0]
    monkeypatch.setattr("chatkit.door.time.monotonic", lambda: now[0])
    paces = {host: door.pace(host) for host in ("192.0.2.1", "192.0.2.2", "192.0.2.3")}
    for host, pace in paces.items():
        now[0] += 40
        door.enter(host)
        door.leave(host, pace)
    assert [door.pace(host) is pace for host, pace in paces.items()] == [False, True, True]


@pytest.mark.fault(22)
def test_a_slow_pace_is_remembered_until_it_has_recovered(monkeypatch):
    door, now = Door(Limits(rate=0.05, burst=20), 9), [0.0]  # 400 seconds for a new burst
    monkeypatch.setattr("chatkit.door.time.monotonic", lambda: now[0])
    for host in ("192.0.2.1", "192.0.2.9"):
        door.enter(host)
    pace = door.pace("192.0.2.1")
    door.leave("192.0.2.1", pace)
    now[0] = 390.0
    door.leave("192.0.2.9", door.pace("192.0.2.9"))
    assert door.pace("192.0.2.1") is pace
