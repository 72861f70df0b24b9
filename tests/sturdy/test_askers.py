"""Whoever asks and asks, or speaks and does not listen: it costs the others neither time nor memory."""

import tracemalloc
from contextlib import contextmanager

import pytest

from chatkit import Limits, room
from chatkit.broadcast import Broadcast

PATIENT = Limits(stall_time=600)


@contextmanager
def at_no_time_more_than(megabytes):
    """Of memory, for all that happens here."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < megabytes * 1_000_000


def is_read_of(server, name):
    """Say whether the room is told what `name` has said as soon as it goes on.

    A selector finds it in the kernel; but a thread must have read it, and on a busy machine may be late.
    """
    if server.engine != "threads":
        return True
    waiting = [event.connection for event, _ in server._engine._inbox.copy()]
    return server.room.holder(name) in waiting


@pytest.mark.fault(6, 22)
def test_a_flooder_who_hears_little_and_reads_nothing_keeps_no_more_than_it_has_to_hear():
    broadcast, unread = Broadcast(), []
    for name in ("ada", "grace"):
        broadcast.admit(name)
    with at_no_time_more_than(2):
        for _ in range(500):
            broadcast.say("ada", b"flood\n" * 10_000)
            broadcast.say("grace", b"I am here too\n")
            unread += dict(broadcast.end_round())["ada"]
    assert b"".join(unread) == b"I am here too\n" * 500


@pytest.mark.fault(6, 22)
def test_a_crowd_that_asks_in_the_middle_of_a_flood_shares_what_was_said_before(serve, gather, hold):
    server, text = serve(limits=PATIENT), "x" * 500
    grace, *crowd = gather(server, "grace", *(f"guest{number}" for number in range(30)))
    with at_no_time_more_than(10):
        with hold(server, grace):
            for guest in crowd:
                guest.says(*[text, "/help"] * 100)
        heard = [grace.hears_a_line() for _ in range(3000)]
    assert sorted(heard) == sorted(f"[guest{number}] {text}" for number in range(30) for _ in range(100))
    last = [crowd[-1].hears_a_line() for _ in range(3001)]
    assert last[0] == "[grace] hold everything"
    assert sum(line.startswith("! /who lists") for line in last) == 100


@pytest.mark.fault(6, 22)
def test_an_answer_to_many_is_kept_once_for_all_who_do_not_read_it(serve, gather, eventually):
    server = serve(limits=PATIENT)
    names = [f"guest{number}".ljust(24, "x") for number in range(100)]
    crowd = gather(server, *names)
    with at_no_time_more_than(10):
        for guest in crowd[:40]:
            guest.says(*["/who"] * 600)
        eventually(lambda: sum(server.outboxes.values()) > 20_000_000)
        eventually(lambda: sum(each.said for each in server._connections) == 40 * 600 + 100)


@pytest.mark.fault(22)
def test_whoever_asks_and_asks_is_answered_a_little_at_a_time(serve, gather, hold, eventually):
    server = serve()
    grace, linus, ada = gather(server, "grace", "linus", "ada")
    for _ in range(3):  # a reader may be one ahead
        ada.says("/who")
        ada.hears("! here now: grace, linus, ada")
    with hold(server, grace):
        ada.says(*["/who"] * 5000)
        linus.says("may I say something?")
        eventually(lambda: is_read_of(server, "linus"))
    heard = [line for line in ada.hears_until("[linus] may I say something?") if line.startswith("! ")]
    assert len(heard) < 500


@pytest.mark.fault(22)
@pytest.mark.parametrize("line", ["é", "\x07", "//"])
def test_whoever_sends_short_lines_that_need_a_closer_look_is_heard_a_little_at_a_time(
    serve, gather, hold, eventually, line
):
    server = serve()
    grace, linus, ada = gather(server, "grace", "linus", "ada")
    with hold(server, grace):
        ada.says(*[line] * 5000)
        linus.says("may I say something?")
        eventually(lambda: is_read_of(server, "linus"))
    assert len(grace.hears_until("[linus] may I say something?")) < 1000


@pytest.mark.fault(22, 33)
def test_a_flood_of_nothing_is_not_looked_at_line_by_line(serve, gather, monkeypatch):
    server, looked_at = serve(), []
    ada, grace = gather(server, "ada", "grace")
    decode = room.decode_client
    monkeypatch.setattr(room, "decode_client", lambda line: looked_at.append(line) or decode(line))
    ada.sends(b"\n" * 50_000 + b" \t\n" * 50_000 + b"hello\n")
    grace.hears("[ada] hello")
    assert len(looked_at) < 10
