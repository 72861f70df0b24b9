"""Slow and silent clients: each has its deadline, and the others never wait for it."""

import select
import threading
import time
import tracemalloc
from collections import Counter
from dataclasses import replace

import pytest

from chatkit import Limits
from chatkit.connection import Connection

SLOW = "* ada has left the room (too slow)"
TEXT = "x" * 4000


def fill(grace, linus, lines=500):
    """Say more than the kernel keeps for one who does not read; return what linus, who does, has heard."""
    heard = []
    for number in range(lines):
        grace.says(f"{number} {TEXT}")
        heard += linus.hears_until(f"[grace] {number} {TEXT}")
    return heard


def with_a_frozen_reader(serve, gather, **limits):
    """Grace and linus talk, and ada never reads."""
    server = serve(limits=Limits(**{"stall_time": 600} | limits))
    grace, linus = gather(server, "grace", "linus")
    (ada,) = gather(server, "ada", receive_buffer=4096)
    for each in (grace, linus):
        each.hears("* ada has entered the room")
    return server, grace, linus, ada


# Without a name


@pytest.mark.fault(10)
def test_whoever_gives_no_name_in_time_is_told_so_and_sent_away(serve, talk):
    stranger = talk(serve(limits=Limits(naming=0.1)))
    stranger.hears_the_prompt()
    stranger.hears_an_error("no name within 0.1 seconds")
    stranger.hears_the_end()


@pytest.mark.fault(10)
def test_nobody_hears_of_those_who_gave_no_name(serve, talk, gather):
    server = serve()
    (grace,) = gather(server, "grace")
    server.limits = Limits(naming=0.5)
    stranger = talk(server)
    stranger.hears_the_prompt()
    stranger.hears_an_error("no name")
    server.limits = Limits()
    talk(server, "ada")
    grace.hears("* ada has entered the room")


@pytest.mark.fault(10)
def test_a_name_that_dribbles_in_has_the_same_deadline(serve, talk):
    stranger = talk(serve(limits=Limits(naming=0.3)))
    stranger.hears_the_prompt()
    while not select.select([stranger.socket], [], [], 0.02)[0]:
        stranger.sends(b"a")
    stranger.hears_an_error("no name within 0.3 seconds")


@pytest.mark.fault(10)
def test_whoever_has_a_name_may_be_silent_longer_than_that(serve, gather, talk):
    server = serve()
    ada, grace = gather(server, "ada", "grace")
    server.limits = Limits(naming=0.5)
    stranger = talk(server)  # who comes later than they, and is sent away for it
    stranger.hears_the_prompt()
    stranger.hears_an_error("no name")
    ada.says("still here")
    grace.hears("[ada] still here")


@pytest.mark.fault(10)
def test_silent_strangers_keep_nobody_waiting(serve, talk, gather):
    server = serve()
    for _ in range(50):
        talk(server)
    ada, grace = gather(server, "ada", "grace")
    ada.says("hello")
    grace.hears("[ada] hello")


# In the middle of a line


@pytest.mark.fault(24)
def test_whoever_never_ends_a_line_is_cut(serve, gather):
    ada, grace = gather(serve(limits=Limits(line_time=0.1)), "ada", "grace")
    ada.sends(b"half a li")
    grace.hears("* ada has left the room (line never finished)")
    ada.hears_the_end()


@pytest.mark.fault(24)
def test_a_line_in_the_middle_holds_up_nobody(serve, gather):
    ada, grace, linus = gather(serve(), "ada", "grace", "linus")
    ada.sends(b"half a ")
    grace.says("hello")
    linus.hears("[grace] hello")
    ada.sends(b"line\n")
    linus.hears("[ada] half a line")


@pytest.mark.fault(24)
def test_the_time_for_a_line_begins_anew_with_each(serve, gather, eventually):
    server = serve(limits=Limits(line_time=5))
    ada, grace = gather(server, "ada", "grace")
    began = time.monotonic()
    pause = threading.Event()
    while time.monotonic() - began < 6:
        ada.sends(b"next\nhalf ")
        pause.wait(0.05)
        ada.sends(b"more\n")
    ada.sends(b"end\n")
    assert set(grace.hears_until("[ada] end")) == {"[ada] next", "[ada] half more", "[ada] end"}


# Not reading


@pytest.mark.fault(6)
def test_a_reader_too_far_behind_is_cut_and_announced_once(serve, gather):
    _, grace, linus, _ = with_a_frozen_reader(serve, gather, outbox=50_000)
    fill(grace, linus)
    grace.says("/who")
    grace.hears(SLOW, "! here now: grace, linus")


@pytest.mark.fault(6)
def test_the_others_get_every_line_in_order_while_one_does_not_read(serve, gather):
    _, grace, linus, _ = with_a_frozen_reader(serve, gather, outbox=50_000)
    heard = fill(grace, linus)
    heard.remove(SLOW)
    assert heard == [f"[grace] {number} {TEXT}" for number in range(500)]


@pytest.mark.fault(6)
def test_a_reader_without_progress_is_cut_after_a_while(serve, gather):
    _, grace, linus, _ = with_a_frozen_reader(serve, gather, stalled=50_000, stall_time=0.1)
    fill(grace, linus)
    grace.hears(SLOW)
    grace.says("/who")
    grace.hears("! here now: grace, linus")


@pytest.mark.fault(6)
def test_a_reader_a_little_behind_is_not_cut(serve, gather):
    _, grace, linus, _ = with_a_frozen_reader(serve, gather, stalled=50_000_000, stall_time=0.0)
    fill(grace, linus)
    grace.says("/who")
    grace.hears("! here now: grace, linus, ada")


@pytest.mark.fault(6)
def test_a_reader_who_was_cut_gets_its_name_back(serve, gather, talk):
    server, grace, linus, _ = with_a_frozen_reader(serve, gather, outbox=50_000)
    fill(grace, linus)
    grace.hears(SLOW)
    talk(server, "ada")
    grace.hears("* ada has entered the room")


@pytest.mark.fault(6)
def test_a_reader_who_was_cut_leaves_no_socket(serve, gather, eventually):
    server, grace, linus, _ = with_a_frozen_reader(serve, gather, outbox=50_000)
    fill(grace, linus)
    eventually(lambda: len(server._connections) == 2)


@pytest.mark.fault(6)
def test_a_reader_who_catches_up_gets_every_line(serve, gather):
    _, grace, linus, ada = with_a_frozen_reader(serve, gather)
    everything = fill(grace, linus)
    assert ada.hears_until(everything[-1]) == everything


@pytest.mark.fault(6)
def test_a_line_is_kept_once_for_all_who_do_not_read_it(serve, gather, talkers):
    server = serve(limits=Limits(stall_time=600))
    grace, linus = gather(server, "grace", "linus")
    for number in range(20):
        gather(server, f"frozen{number}", receive_buffer=4096)
    linus.hears_until("* frozen19 has entered the room")
    tracemalloc.start()
    fill(grace, linus)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    queued = sum(connection.queued for connection in server._connections)
    assert queued > 20_000_000
    assert held < 10_000_000


@pytest.mark.fault(6)
def test_whoever_reads_nothing_is_not_tried_again_with_every_line(serve, gather, monkeypatch):
    """A hundred such readers, each tried in vain in each round, cost the others half their speed."""
    tried = Counter()
    send = Connection._send
    monkeypatch.setattr(
        Connection, "_send", lambda each, pieces: tried.update([each.peer]) or send(each, pieces)
    )
    server, grace, linus, _ = with_a_frozen_reader(serve, gather)
    fill(grace, linus)
    frozen = max(server._connections, key=lambda connection: connection.queued).peer
    before = tried[frozen]
    for number in range(100):
        grace.says(str(number))
        linus.hears(f"[grace] {number}")
    assert tried[frozen] - before < 50  # now and then, for it may take a little


def test_whoever_is_told_goodbye_and_does_not_go_is_cut(serve, talk, eventually):
    server = serve(limits=Limits(linger=0.1))
    stranger = talk(server)
    stranger.says("no name")
    stranger.hears_the_prompt()
    stranger.hears_an_error()
    stranger.hears_the_end()
    eventually(lambda: not server._connections)


def test_whoever_half_closes_and_does_not_read_is_cut(serve, gather, eventually):
    server, grace, linus, ada = with_a_frozen_reader(serve, gather)
    fill(grace, linus)
    ada.half_closes()
    grace.hears("* ada has left the room")
    for each in server._connections:  # not before: on a busy machine, to fill takes long
        each.limits = replace(each.limits, stall_time=0.1)
    eventually(lambda: len(server._connections) == 2)


@pytest.mark.fault(6, 22)
def test_whoever_asks_without_end_and_reads_no_answer_is_cut_and_holds_up_nobody(serve, gather):
    server = serve(limits=Limits(outbox=200_000))
    ada, grace = gather(server, "ada", "grace", receive_buffer=4096)
    ada.sends(b"/help\n" * 60_000)
    grace.hears("* ada has left the room (too slow)")
