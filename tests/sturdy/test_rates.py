"""How fast and from where: here as one likes; elsewhere, or when asked for, so much and no more."""

import contextlib
from dataclasses import replace

import pytest

from chatkit import Limits

NEVER = 1e-6  # lines a second: only the burst passes


@pytest.fixture
def far_away(monkeypatch):
    """As if everybody called from another machine."""
    monkeypatch.setattr("chatkit.door.is_loopback", lambda _host: False)


@pytest.mark.fault(22)
def test_a_burst_is_heard_to_the_line_and_the_rest_is_dropped_and_told(serve, gather):
    ada, grace = gather(serve(limits=Limits(rate=NEVER, burst=100)), "ada", "grace")
    ada.says(*(f"line {number}" for number in range(500)))
    assert "too fast: nobody heard" in ada.hears_a_line()
    ada.leaves()
    *heard, left = grace.hears_until("* ada has left the room")
    assert heard == [f"[ada] line {number}" for number in range(99)]  # the name was the first of the hundred
    assert left


@pytest.mark.fault(22)
def test_the_complaint_comes_once_a_second_and_not_with_every_line(serve, gather, eventually):
    server = serve(limits=Limits(rate=NEVER, burst=10))
    ada, grace = gather(server, "ada", "grace")
    for _ in range(200):
        ada.says("again")
    ada.half_closes()
    assert len(ada.hears_all()) <= 5
    grace.hears_until("* ada has left the room")


@pytest.mark.fault(22)
def test_a_flood_without_a_pause_is_ended_in_words(serve, gather):
    ada, grace = gather(serve(limits=Limits(rate=1, burst=5, flood_time=0.3)), "ada", "grace")
    heard = []
    while not heard or "too fast for too long" not in heard[-1]:
        ada.says(*["flood"] * 20)
        heard += [ada.hears_a_line()] if ready(ada) else []
    grace.hears_until("* ada has left the room (flooding)")
    assert not [line for line in heard if not line.startswith("! ")]


def ready(talker):
    from select import select

    return b"\n" in talker._buffer or select([talker.socket], [], [], 0.02)[0]


@pytest.mark.fault(22)
def test_whoever_floods_takes_no_turn_from_another(serve, gather):
    ada, grace, linus = gather(serve(limits=Limits(rate=NEVER, burst=10)), "ada", "grace", "linus")
    ada.says(*["flood"] * 5000)
    for number in range(9):
        grace.says(f"calm {number}")
        linus.hears_until(f"[grace] calm {number}")


@pytest.mark.fault(22)
def test_without_a_limit_ten_thousand_lines_at_once_are_all_heard(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says(*(f"line {number}" for number in range(10_000)))
    grace.hears(*(f"[ada] line {number}" for number in range(10_000)))


@pytest.mark.fault(22)
def test_from_elsewhere_a_hundred_at_once_are_heard(far_away, serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says(*(f"line {number}" for number in range(1000)))
    ada.half_closes()
    heard = grace.hears_until("* ada has left the room")
    assert 100 <= len(heard) < 300  # some are earned while it speaks
    assert heard[:99] == [f"[ada] line {number}" for number in range(99)]


@pytest.mark.fault(23)
@pytest.mark.parametrize("rate", [None, 20.0])
def test_a_flood_and_a_goodbye_is_a_goodbye_at_once_and_nothing_comes_after_it(serve, gather, rate):
    ada, grace = gather(serve(limits=Limits(rate=rate)), "ada", "grace")
    ada.says(*["flood"] * 3000)
    ada.half_closes()
    heard = grace.hears_until("* ada has left the room")
    assert len(heard) == 3001 if rate is None else 100 <= len(heard) < 300
    grace.says("/who")
    grace.hears("! here now: grace")


@pytest.mark.fault(22)
def test_to_hang_up_and_call_again_gives_nobody_a_new_burst(far_away, serve, gather, talk, eventually):
    server = serve(limits=Limits(rate=NEVER, burst=10))
    (grace,) = gather(server, "grace")
    for name in ("spammer", "again"):
        spammer = talk(server, name)
        spammer.says(*["spam"] * 4)
        spammer.leaves()
        eventually(lambda: len(server.outboxes) == 1)
        heard = grace.hears_until(f"* {name} has left the room")
        assert heard.count(f"[{name}] spam") == 4
    server.limits = replace(server.limits, naming=0.5)
    stranger = talk(server)  # its ten lines are used up, its name would be the eleventh
    stranger.says("once more")
    stranger.hears_the_prompt()
    stranger.hears_an_error("no name within 0.5 seconds")


@pytest.mark.fault(22)
def test_whoever_comes_after_a_flooder_from_the_same_address_is_let_in(far_away, serve, gather, talk):
    server = serve(limits=Limits(rate=20, burst=10))
    (grace,) = gather(server, "grace")
    flooder = talk(server, "flooder")
    flooder.says(*["spam"] * 100)
    flooder.resets()  # it may not have read yet that it is too fast
    grace.hears_until("* flooder has left the room (connection lost)")
    neighbour = talk(server)
    neighbour.sends(b"neighbour\nsorry for him\n")  # the name waits its turn, and what comes with it
    grace.hears("* neighbour has entered the room")
    neighbour.hears("Welcome to chatkit! What shall I call you?", "* The room contains: grace")


@pytest.mark.fault(22, 24)
def test_a_flood_behind_a_name_that_must_wait_is_cut(far_away, serve, gather, talk, eventually):
    server = serve(limits=Limits(rate=NEVER, burst=1))
    gather(server, "grace")[0].resets()
    eventually(lambda: not server.outboxes)
    flooder = talk(server)  # it comes by grace's pace, and so its name must wait
    flooder.hears_the_prompt()
    with contextlib.suppress(ConnectionError):
        flooder.sends(b"flooder\n" + b"spam\n" * 400_000)
    flooder.hears_all()
    assert flooder.end


@pytest.mark.fault(22)
def test_a_name_that_must_wait_is_let_in_although_a_half_close_follows(
    far_away, serve, gather, talk, eventually
):
    server = serve(limits=Limits(rate=4, burst=1))
    grace, linus = gather(server, "grace", "linus")
    linus.resets()
    grace.hears("* linus has left the room (connection lost)")
    eventually(lambda: len(server.outboxes) == 1)
    piped = talk(server)  # as printf | nc does
    piped.hears_the_prompt()
    piped.sends(b"bot\n")
    piped.half_closes()
    grace.hears("* bot has entered the room", "* bot has left the room")


@pytest.mark.fault(3, 22)
def test_who_half_closes_while_the_name_must_wait_is_answered_all_the_same(
    far_away, serve, gather, talk, eventually
):
    server = serve(limits=Limits(rate=NEVER, burst=3, outbox=128))  # one who joins fills a round
    grace, linus = gather(server, "grace", "linus")
    linus.says("one", "two")
    grace.hears("[linus] one", "[linus] two")
    linus.resets()
    grace.hears("* linus has left the room (connection lost)")
    eventually(lambda: len(server.outboxes) == 1)
    piped = talk(server)  # it comes by the pace of linus
    piped.hears_the_prompt()
    (waiting,) = (each for each in server._connections if not server.room.name(each))
    piped.says("bot".ljust(24, "x"))
    eventually(lambda: waiting.said)
    piped.says("too fast")
    piped.half_closes()
    eventually(lambda: waiting.ended)
    waiting.pace._left = 1.0
    piped.hears("* The room contains: grace")
    piped.hears_an_error("too fast: nobody heard 1 of your lines")


@pytest.mark.fault(25)
def test_sixteen_from_one_address_and_the_next_is_told_so(far_away, serve, gather, talk, eventually):
    server = serve()
    gather(server, *(f"guest{number}" for number in range(16)))
    one_more = talk(server)
    one_more.hears_an_error("16 connections came from your address already", "close one first")
    one_more.hears_the_end()


@pytest.mark.fault(25)
def test_when_one_of_sixteen_leaves_another_may_come(far_away, serve, gather, talk, eventually):
    server = serve()
    guests = gather(server, *(f"guest{number}" for number in range(16)))
    guests[0].leaves()
    guests[1].hears_until("* guest0 has left the room")
    eventually(lambda: len(server.outboxes) == 15)
    talk(server, "ada")


@pytest.mark.fault(25)
def test_from_this_machine_any_number_may_come(serve, gather):
    gather(serve(), *(f"guest{number}" for number in range(40)))
