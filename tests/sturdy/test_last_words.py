"""What has come before a reset is heard, although who speaks hears of the reset first."""

import select
import socket
import threading
from contextlib import contextmanager

import pytest
from impostor import JOINED, a_server_that
from talker import PATIENCE

from chatkit import errors
from chatkit.check.rooms import Manners, Room
from chatkit.check.stage import Stage
from chatkit.client import ChatClient
from chatkit.limits import end_by_reset
from chatkit.messages import Said


@contextmanager
def on_stage():
    """An actor of the check, and the socket that a server has for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stage = Stage(Room(listener.getsockname(), Manners()))
        ada = stage.connected("ada")
        with listener.accept()[0] as of_ada:
            yield ada, of_ada
        stage.clear(politely=False)


def has_been_reset(sock):
    poll = select.poll()
    poll.register(sock, 0)
    return bool(poll.poll(PATIENCE * 1000))


def test_the_check_hears_why_before_it_hears_of_the_reset():
    with on_stage() as (ada, of_ada):
        of_ada.sendall(b"! no name\n")
        end_by_reset(of_ada)
        of_ada.close()
        assert has_been_reset(ada.sock)
        ada.sends(b"ada")
        assert ada.lines == ["! no name"]
        assert "RST" in ada.ended


def test_who_freezes_reads_nothing_when_it_hears_of_the_reset():
    with on_stage() as (ada, of_ada):
        ada.hold(True)
        of_ada.sendall(b"! no name\n")
        end_by_reset(of_ada)
        of_ada.close()
        assert has_been_reset(ada.sock)
        ada.sends(b"ada")
        assert ada.lines == []
        assert "RST" in ada.ended


class Late:
    """A client's socket from which nothing is read until the client has given it up, or for a second."""

    def __init__(self, client):
        self._client, self._socket = client, client._socket
        self.may_read = threading.Event()

    def __getattr__(self, name):
        return getattr(self._socket, name)

    def recv(self, size):
        self.may_read.wait(PATIENCE)
        for _ in range(100):
            if self._client.state == "closed":
                break
            threading.Event().wait(0.01)
        return self._socket.recv(size)


def test_a_client_that_speaks_hears_why_it_was_cut():
    is_late, is_reading = threading.Event(), threading.Event()

    def cuts(sock):
        is_late.wait(PATIENCE)
        sock.sendall(b"[grace] hi\n")
        is_reading.wait(PATIENCE)
        sock.sendall(b"! you speak too fast\n")
        end_by_reset(sock)

    with a_server_that(*JOINED, cuts) as address:
        ada = ChatClient(*address, "ada").connect()
        ada._socket = Late(ada)
        is_late.set()
        while ada.receive(PATIENCE) != Said("grace", "hi"):
            pass
        is_reading.set()
        assert has_been_reset(ada._socket._socket)
        ada._socket.may_read.set()
        with pytest.raises(errors.ServerGone, match="you speak too fast"):
            ada.say("hello")
        ada.quit()
