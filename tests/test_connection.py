"""One connection alone: whatever the kernel takes at a time, what arrives equals what was queued."""

import socket
import struct
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from talker import PATIENCE

from chatkit import Limits
from chatkit.connection import Connection
from chatkit.framing import LineReader

PIECES = st.lists(st.binary(min_size=1, max_size=40), max_size=30)


class FakeSocket:
    """A socket whose `send` takes, call after call, what `takes` says: bytes, 0 for not now, or an error."""

    def __init__(self, takes=(), brings=()):
        self.takes, self.brings = iter(takes), iter(brings)
        self.arrived = b""
        self.sends = 0
        self.shut = []
        self.linger = None

    def fileno(self):
        return -1  # so no kernel holds anything

    def setsockopt(self, level, option, value):
        if option == socket.SO_LINGER:
            self.linger = value

    def sendmsg(self, pieces, ancillary=(), flags=0):
        return self.send(b"".join(pieces))

    def send(self, data):
        self.sends += 1
        taken = next(self.takes, len(data))
        if isinstance(taken, OSError):
            raise taken
        if taken == 0:
            raise BlockingIOError
        self.arrived += data[:taken]
        return min(taken, len(data))

    def recv(self, size, flags=0):
        brought = next(self.brings, b"")
        if isinstance(brought, OSError):
            raise brought
        return brought

    def shutdown(self, how):
        self.shut.append(how)


def connection(takes=(), brings=(), **limits):
    return Connection(FakeSocket(takes, brings), "somewhere", Limits(**limits))


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is told to go on: `clock(3)` is three seconds later."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def _pass(seconds):
        now[0] += seconds

    return _pass


@pytest.fixture
def pair():
    """A connection over a real socket, and its other end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Connection(ours, "somewhere", Limits()), theirs


# Sending


@given(PIECES, st.lists(st.integers(0, 60), max_size=100), st.integers(1, 50))
def test_what_arrives_equals_what_was_queued_however_little_is_taken(pieces, takes, size):
    each = connection(takes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chatkit.connection.PIECES", size)
        for piece in pieces:
            each.queue(piece)
            each.flush()
        while each.queued:
            each.flush()
    assert each.sock.arrived == b"".join(pieces)


@given(PIECES, st.lists(st.integers(0, 60), max_size=20))
def test_the_count_of_queued_bytes_is_what_has_not_arrived(pieces, takes):
    each = connection(takes)
    for piece in pieces:
        each.queue(piece)
        each.flush()
        assert each.queued == sum(map(len, each._outbox))
        assert b"".join(pieces).startswith(each.sock.arrived + b"".join(each._outbox))
        assert each.stalled == bool(each.queued)


def test_many_lines_go_in_one_send():
    each = connection()
    for _ in range(500):
        each.queue(b"hello\n")
    each.flush()
    assert each.sock.sends == 1


def test_with_nothing_queued_nothing_is_sent():
    each = connection()
    each.flush()
    assert each.sock.sends == 0


def test_a_hundred_who_do_not_read_share_every_line():
    stalled = [connection(takes=[0] * 100) for _ in range(100)]
    for number in range(50):
        piece = b"%d a line\n" % number
        for each in stalled:
            each.queue(piece)
            each.flush()
    assert all(each.stalled for each in stalled)
    assert len({id(piece) for each in stalled for piece in each._outbox}) == 50


def test_a_real_socket_that_is_full_does_not_make_it_wait(pair):
    each, theirs = pair
    each.queue(b"x" * 10_000_000)
    each.flush()
    assert each.stalled
    left = each.queued
    theirs.recv(1 << 16)
    each.flush()
    assert each.queued < left


def test_a_real_socket_that_is_full_does_not_make_it_wait_where_there_is_no_dontwait(pair, monkeypatch):
    monkeypatch.setattr("chatkit.connection._DONTWAIT", 0)
    each, theirs = pair
    each.sock.setblocking(False)
    each.queue(b"x" * 10_000_000)
    each.flush()
    assert each.stalled
    each.flush()
    assert each.stalled
    left = each.queued
    while each.queued == left:
        theirs.recv(1 << 20)
        each.flush()
    assert each.queued < left


def test_what_a_peer_said_before_its_goodbye_is_read_although_nothing_more_can_be_sent():
    each = connection([BrokenPipeError()], brings=[b"my last words\n", b""])
    each.queue(b"hello\n")
    each.flush()
    assert (each.closing, each.queued, each.stalled) == (False, 0, False)
    assert (each.read(), each.read(), each.reason) == ([b"my last words"], None, "")


@pytest.mark.parametrize("error", [ConnectionResetError(), TimeoutError()])
def test_what_a_peer_said_before_it_was_lost_is_read_although_a_send_was_the_first_to_find_out(error):
    each = connection([error], brings=[b"my last words\n", b""])
    each.queue(b"hello\n")
    each.flush()
    assert (each.closing, each.queued, each.stalled) == (False, 0, False)
    assert (each.read(), each.read(), each.reason) == ([b"my last words"], None, "connection lost")


def test_a_peer_that_cannot_be_sent_anything_for_any_other_reason_is_aborted():
    each = connection([OSError(9, "Bad file descriptor")])
    each.queue(b"hello\n")
    each.flush()
    assert (each.aborted, each.reason, each.queued, each.stalled) == (True, "connection lost", 0, False)


# Close and abort


def test_close_sends_what_is_queued_before_the_end():
    each = connection([3])
    each.queue(b"hello\n")
    each.close()
    each.flush()
    assert (each.sock.arrived, each.sock.shut) == (b"hel", [])
    each.flush()
    assert (each.sock.arrived, each.sock.shut) == (b"hello\n", [socket.SHUT_WR])


def test_after_close_nothing_more_is_queued():
    each = connection()
    each.close()
    each.queue(b"too late\n")
    assert each.queued == 0


def test_abort_loses_what_is_queued():
    each = connection([0])
    each.queue(b"hello\n")
    each.flush()
    each.abort("too slow")
    each.flush()
    assert (each.sock.arrived, each.queued, each.stalled) == (b"", 0, False)


def test_abort_makes_the_end_a_reset():
    each = connection()
    each.abort("too slow")
    assert struct.unpack("hh" if len(each.sock.linger) == 4 else "ii", each.sock.linger) == (1, 0)
    assert socket.SHUT_RDWR in each.sock.shut


def test_the_first_reason_stays():
    each = connection()
    each.abort("too slow")
    each.abort("connection lost")
    assert each.reason == "too slow"


def test_abort_wakes_whoever_waits_in_read(pair):
    each, _ = pair
    heard = []
    reader = threading.Thread(target=lambda: heard.append(each.read()))
    reader.start()
    each.abort("too slow")
    reader.join(PATIENCE)
    assert heard == [None]


def test_a_socket_that_is_gone_already_does_no_harm():
    ours, theirs = socket.socketpair()
    theirs.close()
    ours.close()
    each = Connection(ours, "somewhere", Limits())
    each.queue(b"hello\n")
    each.close()
    each.abort("connection lost")
    assert each.read() is None


# Reading


def test_lines_are_whole_however_they_come():
    each = connection(brings=[b"one\ntw", b"o\n", b"three"])
    assert [each.read() for _ in range(4)] == [[b"one"], [b"two"], [], None]


def test_an_ordinary_goodbye_has_no_reason():
    each = connection(brings=[b""])
    assert each.read() is None
    assert each.reason == ""


@pytest.mark.parametrize("error", [ConnectionResetError(), TimeoutError(), OSError(9, "Bad file descriptor")])
def test_any_error_is_a_goodbye_too(error):
    each = connection(brings=[error])
    assert each.read() is None
    assert each.reason == "connection lost"


def test_nothing_to_read_yet_is_no_goodbye():
    assert connection(brings=[BlockingIOError()]).read() == []


def test_a_reason_given_before_is_kept():
    each = connection(brings=[OSError()])
    each.abort("too slow")
    each.read()
    assert each.reason == "too slow"


# Deadlines


def test_a_fresh_connection_is_not_overdue(clock):
    each = connection()
    clock(3600)
    assert each.overdue() == ""


@pytest.mark.fault(6)
@pytest.mark.parametrize(("queued", "why"), [(100, ""), (101, "too slow")])
def test_too_much_at_once_is_overdue(queued, why):
    each = connection([0], outbox=100)
    each.queue(b"x" * queued)
    each.flush()
    assert each.overdue() == why


@pytest.mark.fault(6)
@pytest.mark.parametrize(("queued", "seconds", "why"), [(10, 99, ""), (11, 5, ""), (11, 5.1, "too slow")])
def test_no_progress_for_a_while_is_overdue_from_a_certain_amount_on(clock, queued, seconds, why):
    each = connection([0], stalled=10, stall_time=5)
    each.queue(b"x" * queued)
    each.flush()
    clock(seconds)
    assert each.overdue() == why


def test_any_progress_starts_the_time_anew(clock):
    each = connection([0, 1, 0], stalled=10, stall_time=5)
    each.queue(b"x" * 20)
    each.flush()
    clock(4)
    each.flush()
    clock(4)
    assert each.overdue() == ""


def test_the_time_without_progress_begins_with_the_first_byte_that_waits(clock):
    each = connection([0], stalled=10, stall_time=5)
    clock(3600)
    each.queue(b"x" * 20)
    each.flush()
    assert each.overdue() == ""


@pytest.mark.fault(24)
def test_a_line_that_never_ends_is_overdue(clock):
    each = connection(brings=[b"half a "], line_time=60)
    each.read()
    clock(60.1)
    assert each.overdue() == "line never finished"


@pytest.mark.fault(3, 24)
def test_an_unfinished_line_takes_no_time_from_who_is_sent_the_rest(clock):
    each = connection(takes=[1] * 100, brings=[b"half a ", b""], line_time=60, farewell=600)
    each.queue(b"the rest")
    each.read()
    each.close()
    for _ in range(7):
        clock(9)
        each.flush()
        assert each.overdue() == ""


@pytest.mark.fault(24)
def test_more_bytes_of_the_same_line_give_it_no_more_time(clock):
    each = connection(brings=[b"half ", b"a "], line_time=60)
    each.read()
    clock(40)
    each.read()
    clock(21)
    assert each.overdue() == "line never finished"


def test_a_new_line_has_new_time(clock):
    each = connection(brings=[b"half ", b"a line\nhalf"], line_time=60)
    each.read()
    clock(40)
    each.read()
    clock(40)
    assert each.overdue() == ""


def test_a_look_at_the_deadlines_in_the_middle_of_a_read_cuts_nobody(clock):
    class Interrupted(LineReader):
        def feed(self, chunk):
            lines = super().feed(chunk)
            seen.append(each.overdue())
            return lines

    seen = []
    each = connection(brings=[b"half a "], line_time=60)
    each.lines = Interrupted()
    clock(3600)
    each.read()
    assert seen == [""]


def test_whoever_has_ended_its_line_has_no_deadline(clock):
    each = connection(brings=[b"line\n"], line_time=60)
    each.read()
    clock(3600)
    assert each.overdue() == ""


def test_a_peer_that_does_not_say_goodbye_after_us_is_overdue(clock):
    each = connection(linger=1)
    each.close()
    assert each.overdue() == ""
    clock(1.1)
    assert each.overdue() == "no goodbye"


def test_who_has_yet_to_take_what_the_kernel_holds_has_longer_for_a_goodbye(clock, monkeypatch):
    held = 3000
    monkeypatch.setattr("chatkit.connection.unsent", lambda sock: held)
    each = connection(linger=1, stall_time=10)
    each.close()
    for held in (3000, 2000, 1000, 0):
        assert each.overdue() == ""
        clock(9)
        assert each.overdue() == ("" if held else "no goodbye")


def test_who_takes_none_of_what_the_kernel_holds_is_overdue(clock, monkeypatch):
    monkeypatch.setattr("chatkit.connection.unsent", lambda sock: 3000)
    each = connection(linger=1, stall_time=10)
    each.close()
    assert each.overdue() == ""
    clock(9)
    assert each.overdue() == ""
    clock(1.1)
    assert each.overdue() == "no goodbye"


def test_a_peer_that_takes_a_byte_a_second_after_our_goodbye_does_not_stay_for_ever(clock):
    each = connection(takes=[1, 0] * 1000, linger=5, farewell=60)
    each.queue(b"x" * 1000)
    each.close()
    for _ in range(60):
        each.flush()
        assert each.overdue() == ""
        clock(1.01)
    each.flush()
    assert each.overdue() == "no goodbye"


def test_a_slow_reader_whose_kernel_is_full_for_a_while_is_not_cut_after_our_goodbye(clock):
    each = connection(takes=[1, 0, 0], linger=1, stall_time=10)
    each.queue(b"x" * 1000)
    each.close()
    each.flush()
    clock(9)
    assert each.overdue() == ""
    clock(2)
    assert each.overdue() == "no goodbye"


def test_whoever_stays_has_no_farewell(clock):
    each = connection(farewell=60)
    clock(3600)
    assert each.overdue() == ""


def test_whoever_was_aborted_is_overdue_no_more(clock):
    each = connection(linger=1)
    each.abort("too slow")
    clock(3600)
    assert each.overdue() == ""


# Is the other end dead?


def test_of_a_silent_peer_there_is_nothing_to_be_read(pair):
    assert pair[0].peek() is None


def test_what_a_peer_said_is_seen_and_left_there(pair):
    pair[1].send(b"hello\n")
    assert pair[0].peek()
    assert pair[0].read() == [b"hello"]


def test_a_goodbye_is_seen_when_all_before_it_has_been_read(pair):
    pair[1].send(b"hello\n")
    pair[1].close()
    assert pair[0].peek()
    assert pair[0].read() == [b"hello"]
    assert pair[0].peek() == b""


def test_a_peer_that_was_reset_is_dead():
    with pytest.raises(OSError, match="reset"):
        connection(brings=[ConnectionResetError("reset")]).peek()


def test_where_one_cannot_look_without_waiting_nobody_is_taken_for_dead(pair, monkeypatch):
    monkeypatch.setattr("chatkit.connection._DONTWAIT", 0)
    pair[1].close()
    assert pair[0].peek() is None
