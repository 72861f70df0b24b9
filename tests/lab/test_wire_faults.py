"""A wire that misbehaves: it is late, cuts, glues, stands still and ends connections, and says so."""

import errno
import os
import socket
import threading
import time
from contextlib import ExitStack, suppress
from itertools import pairwise

import pytest
from peers import Meeting
from talker import PATIENCE, eventually

from chatkit.lab.end import End
from chatkit.lab.events import EventLog, Kind, Way
from chatkit.lab.faults import Faults
from chatkit.lab.pipe import Pipe
from chatkit.lab.watch import READ
from chatkit.lab.wire import Wire

pytestmark = pytest.mark.skipif(os.name != "posix", reason="goodbyes are as POSIX has them")
UP, DOWN = Way.TO_SERVER, Way.TO_CLIENT


@pytest.fixture
def meeting(nothing_left):
    meeting = Meeting()
    yield meeting
    meeting.close()


@pytest.fixture
def wire(meeting):
    with Wire(meeting.address, EventLog(), "ada") as wire:
        yield wire


@pytest.fixture
def pair(meeting, wire):
    """A client and a server, connected by the wire."""
    client, server = meeting.connect(wire.address)
    assert wire.log.wait_for(bool, PATIENCE)
    return client, server


def pieces(wire, way=UP):
    return [event.data for event in wire.log.events if (event.kind, event.way) == (Kind.BYTES, way)]


def notes(wire):
    return [event.words for event in wire.log.events if event.kind is Kind.NOTE]


def fates(wire, *kinds):
    """Of these kinds of events: the kind, which way, and whether it arrived."""
    return [
        (event.kind.value, event.way, not event.lost and event.arrived is not None)
        for event in wire.log.events
        if event.kind in kinds
    ]


GOODBYES = (Kind.FIN, Kind.RST)


# Late, in slices, glued


def test_what_is_late_comes_in_order_and_so_does_the_goodbye(wire, pair):
    client, server = pair
    wire.delay(0.2)
    for word in (b"one ", b"two ", b"three"):
        client.sends(word)
    client.half_closes()
    assert server.hears_all() == (b"one two three", "FIN")
    assert all(event.arrived - event.sent >= 0.2 for event in wire.log.events if event.kind is Kind.BYTES)


def test_who_behaves_again_holds_nothing_back(wire, pair):
    client, server = pair
    wire.delay(3600)
    client.sends(b"at last")
    eventually(lambda: pieces(wire))
    assert server.hears_nothing()
    wire.behave()
    assert server.hears(7) == b"at last"
    assert notes(wire) == ["late by 3600 s", "well-behaved again"]


def test_slices_arrive_one_by_one(wire, pair):
    client, server = pair
    wire.slice(2)
    client.sends(b"abcde")
    client.half_closes()
    assert server.hears_all() == (b"abcde", "FIN")
    assert pieces(wire) == [b"ab", b"cd", b"e"]
    arrived = [event.arrived for event in wire.log.events if event.kind is Kind.BYTES]
    assert all(later - earlier >= 0.005 for earlier, later in pairwise(arrived))


def test_slices_come_as_far_apart_as_one_asks_until_it_behaves(wire, pair):
    client, server = pair
    wire.slice(pause=0.2)
    client.sends(b"abc")
    assert server.hears(3) == b"abc"
    eventually(lambda: wire.log.events[-1].arrived)
    slices = [event for event in wire.log.events if event.kind is Kind.BYTES]
    assert [each.data for each in slices] == [b"a", b"b", b"c"]
    assert all(later.arrived - earlier.arrived >= 0.2 for earlier, later in pairwise(slices))
    wire.slice(pause=3600)
    client.sends(b"def")
    assert server.hears_nothing()
    wire.behave()
    assert server.hears(3) == b"def"


def test_the_first_slice_does_not_wait_for_what_went_whole(wire, pair):
    client, server = pair
    client.sends(b"whole")
    assert server.hears(5) == b"whole"
    wire.slice(pause=3600)
    client.sends(b"hi")
    assert server.hears(1) == b"h"
    assert server.hears_nothing()


def test_the_first_slice_does_not_wait_on_a_machine_that_has_just_been_started(nothing_left):
    here, there = socket.socketpair()
    begins, ends = socket.socketpair()
    with here, there, begins, ends:
        pipe = Pipe(End(there), End(begins), EventLog(), "ada", UP, Faults(size=1, pause=60))
        here.sendall(b"hi")
        pipe.source.note(READ)
        a_second_after_the_start = 1.0
        pipe.take(a_second_after_the_start)
        pipe.pass_on(a_second_after_the_start)
        ends.settimeout(PATIENCE)
        assert ends.recv(2) == b"h"


def test_much_in_slices_is_not_held_all_at_once(wire, pair):
    client, server = pair
    wire.slice(1000)
    text = os.urandom(300_000)
    thread = threading.Thread(target=lambda: (client.sends(text), client.half_closes()))
    thread.start()
    assert server.hears_all() == (text, "FIN")
    thread.join()
    assert {len(piece) for piece in pieces(wire)[:-1]} <= {*range(1, 1001)}


def test_glue_makes_one_piece_of_several(wire, pair):
    client, server = pair
    wire.glue(5)
    for word in (b"one\n", b"two\n", b"three\n"):
        client.sends(word)
        time.sleep(0.01)  # each a chunk of its own, were it not for the glue
    assert server.hears(14) == b"one\ntwo\nthree\n"
    assert pieces(wire) == [b"one\ntwo\nthree\n"]


def test_the_goodbye_comes_through_glue_and_slices(wire, pair):
    client, server = pair
    wire.glue()
    wire.slice()
    client.sends(b"bye")
    client.closes()
    assert server.hears_all() == (b"bye", "FIN")
    assert pieces(wire) == [b"b", b"y", b"e"]


def test_each_way_misbehaves_by_itself(wire, pair):
    client, server = pair
    wire.slice(1, DOWN)
    client.sends(b"whole")
    assert server.hears(5) == b"whole"
    server.sends(b"cut")
    assert client.hears(3) == b"cut"
    assert (pieces(wire), pieces(wire, DOWN)) == ([b"whole"], [b"c", b"u", b"t"])
    assert notes(wire) == ["slices: 1 byte at a time, to the client"]


def test_it_misbehaves_towards_who_comes_later_too(wire, meeting):
    wire.slice()
    client, server = meeting.connect(wire.address)
    client.sends(b"abc")
    assert server.hears(3) == b"abc"
    assert pieces(wire) == [b"a", b"b", b"c"]


@pytest.mark.parametrize(
    "mistake",
    [
        lambda wire: wire.delay(-1),
        lambda wire: wire.delay(float("nan")),
        lambda wire: wire.delay("soon"),
        lambda wire: wire.glue(float("inf")),
        lambda wire: wire.slice(0),
        lambda wire: wire.slice(1.5),
        lambda wire: wire.slice(pause=-1),
        lambda wire: wire.freeze("sideways"),
    ],
)
def test_a_wrong_setting_is_refused_in_a_sentence(wire, mistake):
    with pytest.raises(ValueError, match=r" (is|has) .*, not "):
        mistake(wire)
    assert wire.plugged == ()


# Frozen


def test_nothing_passes_a_frozen_wire_and_nothing_is_lost(wire, pair):
    client, server = pair
    wire.freeze()
    client.sends(b"up")
    client.half_closes()
    server.sends(b"down")
    assert server.hears_nothing()
    assert client.hears_nothing()
    assert wire.plugged == ("frozen",)
    wire.thaw()
    assert server.hears_all() == (b"up", "FIN")
    assert client.hears(4) == b"down"
    assert (notes(wire), wire.plugged) == (["frozen", "thawed"], ())


def test_what_is_sent_after_freezing_does_not_slip_through(wire, pair):
    client, server = pair
    for _ in range(50):
        client.sends(b"before")
        server.hears(6)
        wire.freeze(UP)
        client.sends(b"after")
        assert server.hears_nothing(0.001)
        wire.thaw(UP)
        assert server.hears(5) == b"after"


def test_a_server_soon_feels_that_a_reader_is_frozen(wire, pair):
    client, server = pair
    wire.freeze(DOWN)
    sent = server.fills()
    assert sent < 1 << 20  # without a wire it is megabytes
    wire.thaw()
    server.half_closes()
    heard, goodbye = client.hears_all()
    assert (len(heard), goodbye) == (sent, "FIN")


def test_a_reset_is_noticed_in_a_freeze_and_passed_on_after_it(wire, pair):
    client, server = pair
    wire.freeze()
    client.sends(b"last words")
    client.resets()
    assert wire.log.wait_for(lambda events: events[-1].kind is Kind.RST, PATIENCE)
    assert server.hears_nothing()
    wire.thaw()
    assert server.hears_all() == (b"last words", "RST")


def test_the_thread_rests_while_all_stands_still(wire, pair):
    client, server = pair
    wire.freeze()
    client.sends(b"waiting")
    client.half_closes()
    server.half_closes()
    began = time.process_time()
    assert server.hears_nothing(2.0)
    assert time.process_time() - began < 0.5  # a collection of garbage may take the half of it


# Endings


def test_a_half_close_leaves_one_way_open(wire, pair):
    client, server = pair
    client.sends(b"last words")
    wire.half_close()
    assert server.hears_all() == (b"last words", "FIN")
    client.sends(b"too late")
    server.sends(b"I still talk")
    assert client.hears(12) == b"I still talk"
    server.closes()
    assert client.hears_all() == (b"", "FIN")
    client.closes()
    eventually(lambda: wire.plugged == ())
    assert fates(wire, Kind.BYTES) == [("bytes", UP, True), ("bytes", UP, False), ("bytes", DOWN, True)]
    assert fates(wire, *GOODBYES) == [("FIN", UP, True), ("FIN", DOWN, True)]
    assert notes(wire) == ["half-closed"]


def test_a_client_that_dies_after_a_half_close_is_reset(wire, pair):
    client, server = pair
    wire.half_close()
    assert server.hears_all() == (b"", "FIN")
    client.resets()
    assert server.dies() == errno.EPIPE


def test_hanging_up_is_a_fin_although_something_is_unread(wire, pair):
    client, server = pair
    wire.freeze(DOWN)
    server.sends(b"never read")
    client.sends(b"last words")
    wire.hang_up()
    assert server.hears_all() == (b"last words", "FIN")
    assert client.hears_all() == (b"", "FIN")
    assert fates(wire, Kind.BYTES) == [("bytes", UP, True), ("bytes", DOWN, False)]


def test_who_is_hung_up_on_answers_by_a_reset(wire, pair):
    client, server = pair
    wire.hang_up()
    assert server.hears_all() == (b"", "FIN")
    server.sends(b"are you there?")
    assert server.dies() == errno.EPIPE
    assert client.hears_all() == (b"", "FIN")
    assert client.sends_in_vain() == "refused"
    eventually(lambda: fates(wire, *GOODBYES) == [("FIN", UP, True), ("RST", UP, True)])
    assert fates(wire, Kind.BYTES)[0] == ("bytes", DOWN, False)


def test_an_answer_to_last_words_is_refused_however_quick_it_is(wire, meeting):
    for _ in range(20):
        client, server = meeting.connect(wire.address)
        client.sends(b"x")
        assert server.hears(1) == b"x"  # now it stands
        wire.freeze()
        client.sends(b"?")
        answering = threading.Thread(target=lambda peer=server: peer.hears(1) and peer.sends(b"!"))
        answering.start()
        wire.hang_up()
        answering.join(PATIENCE)
        assert server.dies() == errno.EPIPE
        wire.thaw()
    assert not any(event.arrived for event in wire.log.events if event.way is DOWN and event.data)


def test_the_server_s_goodbye_after_a_hang_up_is_seen(wire, pair):
    _client, server = pair
    wire.hang_up()
    server.hears_all()
    server.closes()
    eventually(lambda: fates(wire, *GOODBYES) == [("FIN", UP, True), ("FIN", DOWN, True)])


def test_a_frozen_reader_can_be_hung_up(wire, pair):
    _client, server = pair
    wire.freeze()
    server.fills()
    wire.hang_up()
    assert server.hears_all()[1] == "FIN"
    assert server.sends_in_vain() == "refused"


@pytest.mark.parametrize("before", ["behave", "freeze", "half_close"])
def test_a_reset_reaches_both_sides(wire, pair, before):
    client, server = pair
    client.sends(b"last words")
    eventually(lambda: pieces(wire))
    getattr(wire, before)()
    server.sends(b"unread" * 10)
    wire.reset()
    assert server.dies() in (errno.ECONNRESET, errno.EPIPE)
    assert client.dies() == errno.ECONNRESET
    assert server.hears_all()[0] == b"last words"
    assert fates(wire, Kind.RST) == [("RST", UP, True)]


def test_a_reset_while_the_server_does_not_read_does_not_wait_for_ever(wire, pair):
    client, server = pair
    client.fills()
    wire.reset()
    assert server.dies() == errno.ECONNRESET
    eventually(lambda: wire.plugged == ())


def test_a_reset_of_what_both_have_ended_already_leaves_the_wire_whole(wire, meeting, pair):
    """The client's own FIN, still unread, is the second: after it nobody is left to be reset."""
    client, server = pair
    server.half_closes()
    assert client.hears_all() == (b"", "FIN")
    wire.freeze()
    client.closes()
    wire.reset()
    wire.thaw()
    assert server.hears_all() == (b"", "FIN")
    meeting.connect(wire.address)[0].sends(b"hello")


def test_silence_swallows_everything_and_tells_nobody(wire, pair):
    client, server = pair
    wire.go_silent()
    wire.go_silent()
    client.sends(b"hello?")
    server.sends(b"hello?")
    assert wire.log.wait_for(lambda events: len(events) == 4, PATIENCE)
    client.resets()
    assert wire.log.wait_for(lambda events: events[-1].kind is Kind.RST, PATIENCE)
    assert server.hears_nothing()
    assert [event.kind for event in wire.log.events].count(Kind.SILENCE) == 1
    assert all(event.lost for event in wire.log.events[2:])
    assert wire.plugged == ("silent",)


def test_in_silence_a_sender_is_never_stopped(wire, pair):
    client, _server = pair
    wire.freeze()
    wire.go_silent()
    client.sends(bytes(8 << 20))


def test_an_ending_is_for_the_connections_of_now(wire, meeting, pair):
    wire.reset()
    client, server = meeting.connect(wire.address)
    client.sends(b"new")
    assert server.hears(3) == b"new"


def test_with_nobody_there_everything_may_be_asked_for(wire):
    for what in ("half_close", "hang_up", "reset", "go_silent", "freeze", "thaw", "slice", "glue", "behave"):
        getattr(wire, what)()
    wire.delay(0)
    assert wire.plugged == ()


def test_before_the_start_and_after_the_end_everything_may_be_asked_for(meeting):
    wire = Wire(meeting.address)
    wire.slice()
    wire.reset()
    with wire:
        client, server = meeting.connect(wire.address)
        client.sends(b"ab")
        assert server.hears(2) == b"ab"
    assert pieces(wire) == [b"a", b"b"]
    wire.behave()
    wire.hang_up()


def test_endings_of_every_kind_one_after_another(wire, meeting):
    endings = ("half_close", "hang_up", "go_silent", "reset")
    for first in endings:
        for second in endings:
            client, server = meeting.connect(wire.address)
            client.sends(b"x")
            server.hears(1)
            getattr(wire, first)()
            getattr(wire, second)()
            wire.reset()
            client.hears_all()
            server.hears_all()
    eventually(lambda: wire.plugged == ())


def test_many_may_ask_at_once(wire, pair):
    client, server = pair
    text = os.urandom(200_000)

    def play():
        for _ in range(20):
            wire.freeze()
            wire.slice(5000)
            wire.thaw()
            wire.behave()

    players = [threading.Thread(target=play) for _ in range(4)]
    for player in players:
        player.start()
    sender = threading.Thread(target=lambda: (client.sends(text), client.half_closes()))
    sender.start()
    for player in players:
        player.join()
    wire.behave()
    assert server.hears_all() == (text, "FIN")
    sender.join()


def test_a_client_is_turned_away_where_there_is_no_server_and_may_be_ended_meanwhile(nothing_left):
    with (
        ExitStack() as stack,
        Wire(("192.0.2.1", 9)) as wire,  # an address that never answers, or has no route
    ):
        with suppress(ConnectionError):  # it has been turned away already, even before its call has returned
            client = stack.enter_context(socket.create_connection(wire.address, PATIENCE))
            client.sendall(b"anybody?")
        wire.freeze()
        wire.reset()
        wire.stop()
