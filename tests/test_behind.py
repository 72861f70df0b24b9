"""Who is far behind and reads on is waited for; who takes nothing is not, and nobody for long."""

import socket
import threading

import pytest

from chatkit import Limits, behind
from chatkit.behind import Behind
from chatkit.connection import Connection

OUTBOX = 4 << 20


@pytest.fixture
def pair():
    """A connection for which three quarters of an outbox wait, and its other end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = Connection(ours, "somewhere", Limits(outbox=OUTBOX))
        connection.queue(*[b"x" * 1024] * (3 * OUTBOX // 4 // 1024))
        connection.flush()
        yield connection, theirs


def wait_for(connection, is_flood=True):
    who = Behind(OUTBOX)
    who.note(connection)
    assert who.wait(is_flood, Connection.flush) <= {connection}
    return connection.queued


@pytest.mark.fault(6)
def test_who_reads_on_is_sent_more_and_more(pair, monkeypatch):
    monkeypatch.setattr(behind, "LONG_BREATH", 30.0)
    monkeypatch.setattr(behind, "FROZEN", 30.0)  # on a busy machine the reader may be late
    connection, theirs = pair
    reader = threading.Thread(target=lambda: [None for _ in iter(lambda: theirs.recv(1 << 16), b"")])
    reader.start()
    assert wait_for(connection) <= OUTBOX // 2
    connection.sock.shutdown(socket.SHUT_RDWR)
    reader.join()


@pytest.mark.fault(6)
def test_who_takes_nothing_is_not_waited_for(pair, monkeypatch):
    monkeypatch.setattr(behind, "LONG_BREATH", 3600.0)
    connection, _ = pair
    before = connection.queued
    assert wait_for(connection) == before > OUTBOX // 2


@pytest.mark.fault(6)
def test_nobody_is_waited_for_long(pair, monkeypatch):
    monkeypatch.setattr(behind, "FROZEN", 3600.0)
    connection, _ = pair
    for is_flood in (True, False):
        assert wait_for(connection, is_flood) > OUTBOX // 2


def test_who_is_only_a_little_behind_is_not_waited_for(pair, monkeypatch):
    monkeypatch.setattr(behind, "LONG_BREATH", 3600.0)
    monkeypatch.setattr(behind, "FROZEN", 3600.0)
    who = Behind(2 * OUTBOX)
    who.note(pair[0])
    assert who.wait(True, Connection.flush) == set()
