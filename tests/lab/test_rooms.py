"""Rooms for a notebook: opened again they replace the one before, and waiting for a line has a deadline."""

import signal
import threading
from dataclasses import dataclass

import pytest
from talker import is_free

from chatkit.client import ChatClient
from chatkit.errors import CannotListen
from chatkit.lab import count_sockets, open_room, wait_for, who_heard
from chatkit.server import ChatServer


@dataclass
class Reader:
    name: str
    text: str


pytestmark = pytest.mark.usefixtures("rooms")


def client(room, name):
    return ChatClient(*room.address, name)


def test_a_room_opened_again_replaces_the_one_before():
    first = open_room()
    ada = client(first, "ada").connect()
    second = open_room()
    assert [str(message) for message in ada][-1] == "! the server is stopping; goodbye"
    assert second.names == ()
    with client(second, "ada"):
        assert second.names == ("ada",)


def interrupt():
    """Do what the stop button of a notebook does, while a cell waits."""
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="a thread cannot be interrupted here")
def test_a_room_whose_end_is_interrupted_is_over_all_the_same(eventually):
    class Interrupting(ChatServer):
        def stop(self, *deadline):
            if not stops:
                stops.append(1)
                interrupt()
            super().stop(*deadline)

    stops = []
    first = open_room(Interrupting)
    ada = first.seat("ada")
    with pytest.raises(KeyboardInterrupt):
        open_room()
    assert first.over.is_set()
    eventually(lambda: ada.status != "joined")
    assert open_room().names == ()


def test_a_server_whose_start_is_interrupted_is_not_left_behind(eventually):
    class Interrupted(ChatServer):
        def start(self):
            super().start()
            addresses.append(self.address)
            raise KeyboardInterrupt

    addresses = []
    with pytest.raises(KeyboardInterrupt):
        open_room(Interrupted)
    eventually(lambda: is_free(addresses[0]))


def test_rooms_of_two_names_live_side_by_side():
    one, two = open_room(name="one"), open_room(name="two", engine="selectors")
    with client(one, "ada"), client(two, "ada"):
        assert one.names == two.names == ("ada",)
        assert two.server.engine == "selectors"


def test_a_port_that_is_taken_fails_in_the_calling_cell_and_the_next_try_works():
    taken = open_room(name="one").address[1]
    with pytest.raises(CannotListen):
        open_room(name="two", port=taken)
    assert open_room(name="two").address[1] != taken


def test_the_operating_system_counts_a_listener_and_a_pair_for_each():
    room = open_room()
    assert count_sockets(room) == (1, 0, 0)
    with client(room, "ada"), client(room, "grace"):
        assert count_sockets(room) == (1, 2, 2)
    assert count_sockets(room) == (1, 0, 0)
    assert str(count_sockets(room)) == "Sockets(listening=1, server_ends=0, client_ends=0)"


def test_waiting_for_a_line_nobody_says_ends_with_what_was_seen_instead():
    with pytest.raises(
        TimeoutError, match=r"(?s)ada did not see '\[grace\] hi' in 0.01 seconds.*\* The room"
    ):
        wait_for("[grace] hi", Reader("ada", "* The room contains: "), timeout=0.01)


def test_a_line_counts_whole_and_whatever_its_capitals_and_full_stop():
    reader = Reader("ada", "[grace] Good night!")
    wait_for("[grace] good night", reader, timeout=0)
    with pytest.raises(TimeoutError):
        wait_for("[grace] good", reader, timeout=0)


def test_who_heard_tells_who_said_it_and_whom_it_did_not_reach():
    ada = Reader("ada", "> Good night.\n[grace] good night")
    grace = Reader("grace", "[ada] Good night.\n> good night")
    linus = Reader("linus", "[grace] good night")
    assert who_heard("good night", ada, grace, linus, timeout=0).splitlines() == [
        "ada said it, but it did not reach linus",
        "grace said it, and ada and linus heard it",
        "linus has not said it yet",
    ]
