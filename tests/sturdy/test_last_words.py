"""What has come before a reset is heard, although who speaks hears of the reset first."""

import socket
import threading
from contextlib import contextmanager

import pytest
from impostor import JOINED, a_server_that
from talker import PATIENCE, has_been_reset

from chatkit import errors
from chatkit.check.rooms import Manners, Room
from chatkit.check.stage import Stage
from chatkit.client import ChatClient
from chatkit.lab.seat import Seat
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


def test_the_check_hears_why_before_it_hears_of_the_reset():
    with on_stage() as (ada, of_ada):
        ends_with(b"! no name\n")(of_ada)
        of_ada.close()
        assert has_been_reset(ada.sock)
        ada.sends(b"ada")
        assert ada.lines == ["! no name"]
        assert "RST" in ada.ended


def test_who_freezes_reads_nothing_when_it_hears_of_the_reset():
    with on_stage() as (ada, of_ada):
        ada.hold(True)
        ends_with(b"! no name\n")(of_ada)
        of_ada.close()
        assert has_been_reset(ada.sock)
        ada.sends(b"ada")
        assert ada.lines == []
        assert "RST" in ada.ended


def ends_with(words):
    """Send `words` and a reset; Nagle's algorithm would keep back what the reset then discards."""

    def end(sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(words)
        end_by_reset(sock)

    return end


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
    late, reading = (lambda _sock, each=each: each.wait(PATIENCE) for each in (is_late, is_reading))
    with a_server_that(
        *(*JOINED, late, b"[grace] hi\n", reading, ends_with(b"! you speak too fast\n"))
    ) as address:
        ada = ChatClient(*address, "ada", timeout=PATIENCE).connect()
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


def test_a_pane_that_speaks_into_the_end_says_why_it_ended_once(eventually):
    works, may_end = [], threading.Event()

    def work():
        while works:
            works.pop(0)()

    end = (lambda _sock: may_end.wait(PATIENCE), ends_with(b"! you speak too fast\n"))
    with a_server_that(*JOINED, *end) as address:
        ada = Seat(*address, "ada", works.append)
        ada.join()
        work()
        may_end.set()
        eventually(lambda: ada._client.state == "closed")
        ada.say("hello")
        work()
        _, what, why = ada.transcript.text.splitlines()[-3:]
        assert what == "! you speak too fast"
        assert why.endswith("it said: you speak too fast")
        assert ada.transcript.text.count("you speak too fast") == 2
