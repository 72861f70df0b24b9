"""The meter: it counts what threads do on sockets, breaks no call, keeps nothing alive, and goes."""

import _socket
import gc
import socket
import ssl
import threading
import weakref

import pytest
from talker import PATIENCE

from chatkit.lab.meter import METER, OTHERS, READS


@pytest.fixture
def meter():
    METER.open()
    yield METER
    METER.close()
    for name in (*READS, *OTHERS):
        assert name not in vars(socket.socket)


@pytest.fixture
def pair(nothing_left):
    """Two ends of one TCP connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        one = socket.create_connection(listener.getsockname(), PATIENCE)
        other, _ = listener.accept()
        other.settimeout(PATIENCE)
        with one, other:
            yield one, other


def count_of(sock):
    """What this thread has done on a socket."""
    tally = METER.tallies()[threading.get_ident()]
    return next(count for count in tally.counts.values() if count.ref() is sock)


def test_reads_empty_reads_and_failures_are_counted(meter, pair):
    one, other = pair
    one.sendall(b"ab")
    assert other.recv(1) + other.recv(1) == b"ab"
    other.setblocking(False)
    with pytest.raises(BlockingIOError):
        other.recv(1)
    other.setblocking(True)
    one.close()
    assert other.recv(1) == other.recv(1) == b""
    count = count_of(other)
    assert (count.reads, count.empty, count.failed) == (5, 2, 1)
    assert count.port == other.getsockname()[1]


def test_recv_into_and_files_are_counted_too(meter, pair):
    one, other = pair
    one.sendall(b"abc\n")
    buffer = bytearray(3)
    assert other.recv_into(buffer, nbytes=2) == 2
    with other.makefile("rb") as file:
        assert file.readline() == b"c\n"
    assert count_of(other).reads == 2


def test_a_socket_that_was_there_before_and_a_thread_that_waits_already_are_counted_from_now_on(pair):
    one, other = pair
    heard = []
    thread = threading.Thread(target=lambda: heard.extend([other.recv(1), other.recv(1), other.recv(1)]))
    thread.start()
    METER.open()
    try:
        one.sendall(b"a")
        one.close()
        thread.join(PATIENCE)
        assert heard == [b"a", b"", b""]
    finally:
        METER.close()


def test_arguments_results_and_exceptions_are_as_without_it(meter, pair):
    one, other = pair
    assert one.send(b"abc", 0) == 3
    assert other.recv(2, socket.MSG_PEEK) == b"ab"
    assert other.recv(8) == b"abc"
    assert one.sendall(b"") is None
    other.settimeout(0.01)
    with pytest.raises(TimeoutError, match="timed out"):
        other.recv(1)
    with pytest.raises(TypeError):
        other.recv("many")
    with pytest.raises(TypeError):
        other.recv()
    other.close()
    with pytest.raises(OSError, match="Bad file descriptor") as caught:
        other.recv(1)
    assert caught.value.__context__ is None
    assert "recv" in repr(socket.socket.recv)
    assert socket.socket.recv.__doc__ == _socket.socket.recv.__doc__


def test_a_subclass_goes_its_own_way(meter, pair):
    class Loud(socket.socket):
        def recv(self, size):
            return super().recv(size).upper()

    one, other = pair
    one.sendall(b"abc")
    with Loud(fileno=other.detach()) as loud:
        assert loud.recv(8) == b"ABC"
        assert count_of(loud).reads == 1


def test_tls_says_what_it_said_before(meter, pair):
    one, other = pair
    context = ssl.create_default_context()
    other.sendall(b"this is not TLS\n")
    with pytest.raises(ssl.SSLError, match="WRONG_VERSION_NUMBER"):
        context.wrap_socket(one, server_hostname="localhost")


def test_it_keeps_no_socket_alive(meter):
    one, other = socket.socketpair()
    one.sendall(b"a")
    other.recv(1)
    gone = weakref.ref(other)
    counts = METER.tallies()[threading.get_ident()].counts
    before = len(counts)
    other.close()
    one.close()
    del one, other
    gc.collect()
    assert gone() is None
    assert len(counts) == before - 2


def test_what_was_done_stays_done_when_its_socket_goes(meter):
    one, other = socket.socketpair()
    one.sendall(b"a")
    tally = METER.tallies()[threading.get_ident()]
    before = tally.done
    one.sendall(b"b")
    other.recv(2)
    one.close()
    other.recv(1)  # nothing: that was in vain
    other.close()
    del one, other
    gc.collect()
    assert tally.done - before == 2


def test_a_thread_that_has_ended_leaves_no_tally(meter, pair):
    one, _ = pair
    thread = threading.Thread(target=one.sendall, args=(b"a",))
    thread.start()
    ident = thread.ident
    thread.join()
    gc.collect()
    assert ident not in METER.tallies()


def test_it_stands_there_once_however_many_want_it_and_goes_with_the_last():
    METER.open()
    first = socket.socket.recv
    METER.open()
    assert socket.socket.recv is first
    METER.close()
    assert socket.socket.recv is first
    METER.close()
    assert socket.socket.recv is _socket.socket.recv
    assert socket.socket._accept is _socket.socket._accept


def test_who_came_in_front_of_it_is_left_in_place(monkeypatch):
    METER.open()
    ours = socket.socket.recv

    def theirs(self, *args):
        return ours(self, *args)

    monkeypatch.setattr(socket.socket, "recv", theirs)
    METER.close()
    assert socket.socket.recv is theirs
    one, other = socket.socketpair()
    with one, other:
        one.sendall(b"a")
        assert other.recv(1) == b"a"
    monkeypatch.undo()
    if socket.socket.recv is ours:
        del socket.socket.recv


def test_what_another_tool_had_put_there_before_comes_back(monkeypatch):
    def theirs(self, *args):
        return _socket.socket.send(self, *args)

    monkeypatch.setattr(socket.socket, "send", theirs, raising=False)
    METER.open()
    assert socket.socket.send is not theirs
    METER.close()
    assert socket.socket.send is theirs
