"""The listening socket: what it says when it cannot listen, and how it outlives a lack of descriptors."""

import errno
import gc
import os
import socket
import threading
import time
from contextlib import ExitStack, suppress

import pytest
from talker import PATIENCE, is_free

from chatkit.errors import CannotListen
from chatkit.listener import FULL, WARN_EVERY, Listener


@pytest.fixture
def listener(nothing_left):
    """A listener that is closed at the end, and leaves no descriptor."""
    each = Listener("127.0.0.1", 0)
    each.socket.settimeout(PATIENCE)
    yield each
    each.close()


class Exhausted:
    """A listening socket that fails `times` times with `number` before it accepts."""

    def __init__(self, sock, number=errno.EMFILE, times=1):
        self.sock, self.number, self.times = sock, number, times

    def accept(self):
        self.times -= 1
        if self.times >= 0:
            raise OSError(self.number, os.strerror(self.number))
        return self.sock.accept()

    def __getattr__(self, name):
        return getattr(self.sock, name)


def without_descriptors(monkeypatch):
    def opens(*_):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "open", opens)


# Listening


def test_port_0_is_any_free_one(listener):
    assert listener.address[0] == "127.0.0.1"
    assert listener.address[1] > 0


def test_whoever_connects_is_accepted_with_its_address_in_words(listener):
    with socket.create_connection(listener.address) as newcomer:
        sock, peer = listener.accept()
        sock.close()
        assert peer == f"127.0.0.1 port {newcomer.getsockname()[1]}"


@pytest.mark.fault(28)
def test_two_hundred_connect_before_anybody_is_accepted(listener):
    crowd = [socket.create_connection(listener.address, timeout=PATIENCE) for _ in range(200)]
    for each in crowd:
        each.close()
    assert len(crowd) == 200


def test_when_nobody_comes_accept_gives_none(listener):
    listener.socket.setblocking(False)
    assert listener.accept() is None


@pytest.mark.parametrize("number", [errno.ECONNABORTED, errno.EPROTO, errno.EINTR, errno.EPERM])
def test_a_newcomer_who_gave_up_gives_none(listener, number):
    listener.socket = Exhausted(listener.socket, number)
    assert listener.accept() is None


def test_close_wakes_whoever_waits_in_accept(listener):
    accepted = []
    waiting = threading.Thread(target=lambda: accepted.append(listener.accept()))
    waiting.start()
    listener.close()
    waiting.join(PATIENCE)
    assert accepted == [None]


def test_closing_twice_does_no_harm(listener):
    listener.close()
    listener.close()


def test_after_close_the_port_is_free(listener, eventually):
    listener.close()
    eventually(lambda: is_free(listener.address))


# What it says when it cannot


def why_not(host="127.0.0.1", port=0):
    with pytest.raises(CannotListen) as caught:
        Listener(host, port)
    said = str(caught.value), caught.value.errno
    del caught  # it holds a socket that the standard library left to the garbage collector
    gc.collect()
    return said


def test_a_taken_port(listener):
    port = listener.address[1]
    sentence, number = why_not(port=port)
    assert sentence.startswith(
        f"cannot listen on 127.0.0.1 port {port}: another program listens there already"
    )
    assert number == errno.EADDRINUSE


def test_a_port_for_the_administrator(nothing_left, monkeypatch):
    def create(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket, "create_server", create)
    assert "ports below 1024 are for the administrator" in why_not(port=80)[0]


@pytest.mark.parametrize("port", [-1, 65536, 1.5, "55555", None])
def test_a_port_that_does_not_exist(nothing_left, port):
    assert f"port {port}: a port is a number from 0 to 65535, not {port!r}" in why_not(port=port)[0]


def test_a_host_that_nobody_knows(nothing_left, monkeypatch):
    def resolve(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert "cannot listen on nowhere port 7: this machine knows no such host" in why_not("nowhere", 7)[0]


def test_an_address_of_another_machine(nothing_left):
    sentence, number = why_not("203.0.113.1")
    assert sentence.startswith("cannot listen on 203.0.113.1 port 0: this machine does not have that address")
    assert number == errno.EADDRNOTAVAIL


def test_no_descriptor_left_to_begin_with(nothing_left, monkeypatch):
    without_descriptors(monkeypatch)
    sentence, number = why_not()
    assert sentence.startswith("cannot listen on 127.0.0.1 port 0: ")
    assert number == errno.EMFILE


# Out of descriptors


@pytest.mark.fault(26)
def test_without_descriptors_the_newcomer_is_told_that_the_room_is_full(listener, monkeypatch):
    listener.socket = Exhausted(listener.socket)
    without_descriptors(monkeypatch)
    with socket.create_connection(listener.address, timeout=PATIENCE) as newcomer:
        assert listener.accept() is None
        assert newcomer.recv(100).decode() == f"! {FULL}\n"
        assert newcomer.recv(100) == b""


def test_a_descriptor_that_came_free_meanwhile_lets_the_newcomer_in(listener):
    listener.socket = Exhausted(listener.socket)
    with socket.create_connection(listener.address, timeout=PATIENCE):
        sock, _ = listener.accept()
        sock.close()


@pytest.mark.fault(26)
@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_after_a_lack_of_descriptors_it_accepts_again(listener, number):
    listener.socket = Exhausted(listener.socket, number, times=2)
    with socket.create_connection(listener.address, timeout=PATIENCE):
        assert listener.accept() is None
        sock, _ = listener.accept()
        sock.close()


@pytest.mark.fault(26)
def test_without_even_the_reserve_it_does_not_spin(listener, monkeypatch):
    listener.socket = Exhausted(listener.socket, times=1000)
    without_descriptors(monkeypatch)
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    for _ in range(4):
        assert listener.accept() is None
    assert len(pauses) == 3  # at first there was the reserve
    assert min(pauses) > 0.01
    assert max(pauses) < 0.2


def test_the_reserve_is_taken_again_as_soon_as_there_is_a_descriptor(listener, monkeypatch):
    listener.socket = Exhausted(listener.socket, times=2)
    with monkeypatch.context() as patch:
        without_descriptors(patch)
        assert listener.accept() is None
    listener.socket.times = 2
    assert listener.accept() is None
    with socket.create_connection(listener.address, timeout=PATIENCE) as newcomer:
        listener.socket.times = 1
        without_descriptors(monkeypatch)
        assert listener.accept() is None
        assert newcomer.recv(100).decode() == f"! {FULL}\n"


@pytest.mark.fault(26)
def test_the_last_descriptor_is_to_refuse_with_and_lets_nobody_in(listener, monkeypatch):
    """Another thread may hold it for a moment: to start in, glibc opens a file."""
    resource = pytest.importorskip("resource")
    stolen, refuse = [], listener.refuse

    def refuse_and_steal(*words):
        refuse(*words)
        stolen.append(os.dup(0))

    monkeypatch.setattr(listener, "refuse", refuse_and_steal)
    with ExitStack() as crowd:
        ada, grace = (crowd.enter_context(socket.create_connection(listener.address, 5)) for _ in range(2))
        taken, limits = [os.dup(0)], resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (taken[0] + 20, limits[1]))
        try:
            with suppress(OSError):
                while True:
                    taken.append(os.dup(0))
            assert listener.accept() is None
            os.close(stolen.pop())
            assert listener.accept() is None
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
            for each in taken + stolen:
                os.close(each)
        assert ada.recv(100).decode() == grace.recv(100).decode() == f"! {FULL}\n"


# Refusing


def test_whoever_is_refused_hears_why_although_it_has_spoken(listener):
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.send(b"ada\n")
        listener.refuse(ours, "the room is full")
        assert theirs.recv(100) == b"! the room is full\n"
        assert theirs.recv(100) == b""


def test_refusing_one_who_has_gone_does_no_harm(listener):
    ours, theirs = socket.socketpair()
    theirs.close()
    listener.refuse(ours, "the room is full")
    assert ours.fileno() == -1


def test_a_crowd_that_is_turned_away_is_one_line_in_the_log(listener, caplog, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for seconds in (0, 0, WARN_EVERY / 2, WARN_EVERY):
        now[0] += seconds
        ours, theirs = socket.socketpair()
        listener.refuse(ours, "the room is full")
        theirs.close()
    assert caplog.messages == ["turning clients away: the room is full"] * 2


@pytest.mark.parametrize("host", ["a" * 70, "a..b"])
def test_a_host_that_can_be_no_name_is_refused_in_words(host):
    said, _ = why_not(host)
    assert said == f"cannot listen on {host} port 0: this machine knows no such host"


# The reserve


def test_two_threads_give_up_the_reserve_once(listener, monkeypatch):
    """One accepts without a descriptor to be had, the other closes."""
    closed, closes = [], os.close

    def close(descriptor):
        closed.append(descriptor)
        if len(closed) == 1:
            other.start()
            other.join(0.2)  # it does the same meanwhile, or waits
        closes(descriptor)

    other = threading.Thread(target=listener.close)
    reserve = listener._reserve
    monkeypatch.setattr(os, "close", close)
    listener._give_up_reserve()
    other.join(PATIENCE)
    assert closed == [reserve]


def test_after_close_nothing_is_kept_in_reserve(listener):
    listener.close()
    assert not listener._take_reserve()
    assert listener._reserve is None
