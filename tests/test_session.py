"""A conversation that outlives its connections, with real servers that stop, start, refuse, and die."""

import random
import socket
import threading
from contextlib import contextmanager

import pytest
from talker import PATIENCE, Talker, eventually, free_port

from chatkit.backoff import Backoff
from chatkit.client import ChatClient
from chatkit.commands import HELP
from chatkit.errors import Unreachable
from chatkit.messages import Reply, Said
from chatkit.room import GREETING
from chatkit.server import ChatServer
from chatkit.session import Session
from chatkit.standing import NotTaken, Sent, Status


class Someone:
    """A session and all that it has told."""

    def __init__(self, address, name="ada", **options):
        self.told = []
        quick = Backoff(0.02, 0.05, random.Random(1))
        self.session = Session(*address, name, self.told.append, **{"backoff": quick} | options)
        self.session.start()

    def is_soon(self, state):
        eventually(lambda: self.session.status.state == state, why=f"it is {self.session.status}")

    def enters(self, *lines):
        for line in lines:
            self.session.enter(line)

    def heard(self, kind):
        return [event for event in self.told if isinstance(event, kind)]

    def is_read(self):
        """Everything that was typed has been read."""
        eventually(lambda: not self.session.outgoing.kept, why=f"{self.session.outgoing.kept} is kept")


@pytest.fixture
def people(nothing_left):
    """`people(address)` has a session until the test ends; nothing of it stays."""
    everybody = []

    def _people(address, **options):
        everybody.append(Someone(address, **options))
        return everybody[-1]

    yield _people
    for someone in everybody:
        someone.session.close()


@contextmanager
def room(port=None):
    """A server, on a port that stays its own for the next one there."""
    with ChatServer(port=port or free_port(), engine="selectors") as server:
        yield server


@contextmanager
def linus(server):
    talker = Talker(server.address, "linus")
    try:
        yield talker
    finally:
        talker.socket.close()


@pytest.fixture
def door():
    """A listening socket behind which a test plays the server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        yield listener


def admit(door, words=b"who are you?\n", roster=b"* The room contains: \n", name="ada"):
    """Let the next caller in, who is called so; return its socket and what it sends as a file."""
    sock, _ = door.accept()
    sock.settimeout(PATIENCE)
    sock.sendall(words)
    said = sock.makefile("rb")
    assert said.readline() == f"{name}\n".encode()
    sock.sendall(roster)
    return sock, said


def refuse(door, words="the name ada is in use; please connect again with another"):
    """Tell the next caller why it is not let in, and hang up; what it said is read, or it got a reset."""
    sock, _ = door.accept()
    sock.settimeout(PATIENCE)
    sock.sendall(b"who are you?\n")
    assert sock.recv(100)
    sock.sendall(f"! {words}\n".encode())
    sock.close()


def test_what_is_typed_is_said_once_and_told_once(people):
    with room() as server, linus(server) as other:
        ada = people(server.address)
        other.hears("* ada has entered the room")
        ada.enters("hello", "//who is it")
        other.hears("[ada] hello", "[ada] /who is it")
        ada.is_read()
        assert ada.heard(Sent) == [Sent("hello"), Sent("//who is it")]
        assert not ada.heard(Reply)  # the questions in between are nobody's business
        ada.enters("/who")
        eventually(lambda: Reply("here now: linus, ada") in ada.told)


def test_a_server_that_starts_later_is_found(people):
    port = free_port()
    ada = people(("127.0.0.1", port))
    ada.is_soon("waiting")
    assert "nothing listens" in ada.session.status.why
    ada.enters("early")
    with room(port):
        ada.is_read()
        eventually(lambda: ada.heard(Sent) == [Sent("early")])


def test_a_restart_loses_no_typed_line_and_keeps_their_order(people, monkeypatch):
    monkeypatch.setattr("chatkit.courier.REUNION", PATIENCE)  # linus may be slow to be back
    with room() as server, linus(server) as other:
        ada = people(server.address)
        other.hears("* ada has entered the room")
        ada.enters("before")
        other.hears("[ada] before")
        ada.is_read()
        server.stop()  # while linus is there, so that ada waits for him
    ada.is_soon("waiting")
    ada.enters(*(f"line {number}" for number in range(50)))
    with ChatServer(port=server.address[1]) as again, linus(again) as other:
        assert other.hears_until("[ada] line 49")[-50:] == [f"[ada] line {number}" for number in range(50)]
        ada.is_read()


def test_lines_in_the_memory_of_a_server_that_dies_are_said_again(people, door):
    """They were sent, and TCP had taken them: but nobody has read them."""
    ada = people(door.getsockname())
    greeting = b"Welcome to chatkit! What shall I call you?\n"
    sock, said = admit(door, greeting)
    assert said.readline() == b"/help\n"
    sock.sendall(b"! /who lists the others, /quit leaves, /help shows this\n")
    ada.enters("one")
    assert said.readline() == b"one\n"
    ada.enters("two")
    eventually(lambda: Sent("two") in ada.told)
    said.close()
    sock.close()  # the answer to the question behind `one` was never sent
    sock, said = admit(door, greeting)
    assert said.readline() == b"/help\n"
    sock.sendall(b"! /who lists the others, /quit leaves, /help shows this\n")
    assert [said.readline() for _ in range(2)] == [b"one\n", b"two\n"]
    eventually(lambda: Sent("two", again=True) in ada.told)
    said.close()
    sock.close()


def test_lines_for_a_server_that_froze_before_its_first_answer_are_said_again(people, door, monkeypatch):
    monkeypatch.setattr("chatkit.courier.PATIENCE", 0.02)
    ada = people(door.getsockname())
    sock, said = admit(door, f"{GREETING}\n".encode())
    ada.enters("one", "two")
    assert [said.readline() for _ in range(3)] == [b"/help\n", b"one\n", b"two\n"]
    eventually(lambda: Sent("two") in ada.told)
    said.close()
    sock.close()
    sock, said = admit(door, f"{GREETING}\n".encode())
    assert said.readline() == b"/help\n"
    sock.sendall(f"! {HELP}\n".encode())
    assert [said.readline() for _ in range(3)] == [b"one\n", b"two\n", b"/help\n"]
    sock.sendall(f"! {HELP}\n".encode())
    ada.is_read()
    assert ada.heard(Sent)[2:] == [Sent("one", again=True), Sent("two", again=True)]
    said.close()
    sock.close()


def test_a_server_that_greets_as_ours_does_and_never_answers_shows_by_its_goodbye_what_it_has_read(
    people, door, monkeypatch
):
    monkeypatch.setattr("chatkit.courier.PATIENCE", 0.02)
    ada = people(door.getsockname())
    sock, said = admit(door, f"{GREETING}\n".encode())
    ada.enters("one")
    assert [said.readline() for _ in range(2)] == [b"/help\n", b"one\n"]
    eventually(lambda: Sent("one") in ada.told)
    monkeypatch.setattr("chatkit.session.LAST_WORDS", PATIENCE)
    ada.session._finish = ada.session._let_go  # without the wait for an answer
    ada.session.leave()
    assert said.readline() == b""  # its goodbye
    said.close()
    sock.close()
    ada.session.close(PATIENCE)
    assert not ada.session.outgoing.kept


def test_the_answer_to_ones_own_question_says_nothing_of_the_lines_behind_it(people, door):
    """The server answers `/help me` as it does `/help`, and dies before it has read any more."""
    ada = people(door.getsockname())
    lines = ["one", "/help me", "two", "three"]
    ada.enters(*lines)
    sock, said = admit(door, f"{GREETING}\n".encode())
    assert said.readline() == b"/help\n"
    sock.sendall(f"! {HELP}\n".encode())
    assert [said.readline() for _ in range(2)] == [b"one\n", b"/help me\n"]
    eventually(lambda: Sent("three") in ada.told)
    sock.sendall(f"! {HELP}\n".encode())
    eventually(lambda: Reply(HELP) in ada.told)
    assert ada.session.outgoing.kept == tuple(lines)
    said.close()
    sock.close()
    sock, said = admit(door, f"{GREETING}\n".encode())
    assert said.readline() == b"/help\n"
    sock.sendall(f"! {HELP}\n".encode())
    assert [said.readline().decode().strip() for _ in lines] == lines
    said.close()
    sock.close()


def test_a_server_of_another_kind_is_asked_nothing(people, door):
    ada = people(door.getsockname())
    sock, said = admit(door)
    ada.enters("hello")
    assert said.readline() == b"hello\n"
    ada.is_read()
    said.close()
    sock.close()


def test_a_name_that_somebody_has_asks_for_another(people):
    with room() as server, linus(server):
        ada = people(server.address, name="linus")
        ada.is_soon("refused")
        assert "in use" in ada.session.status.why
        ada.enters("kept")
        ada.session.rename("ada")
        ada.is_soon("joined")
        ada.is_read()
        assert ada.heard(Sent) == [Sent("kept")]


@pytest.mark.parametrize("answer", [b"* The room contains: \n", b"! the name ada is in use\n"])
def test_another_name_that_is_chosen_while_it_connects_is_the_one_that_joins(people, door, answer):
    ada = people(door.getsockname())
    sock, _ = door.accept()
    eventually(lambda: ada.session._client and ada.session._client.state == "connecting")
    ada.session.rename("grace")
    sock.settimeout(PATIENCE)
    sock.sendall(b"who are you?\n")
    assert sock.recv(100) == b"ada\n"
    sock.sendall(answer)
    if answer.startswith(b"*"):
        assert sock.recv(100) == b""  # ada leaves
    sock.close()
    sock, said = admit(door, name="grace")
    ada.is_soon("joined")
    assert ada.heard(Status) == [Status("joined")]  # nobody was shown as ada, or as refused
    said.close()
    sock.close()


def test_another_name_that_is_chosen_just_after_it_joined_is_taken_too(people):
    with room() as server, linus(server) as other:
        ada = people(server.address)
        other.hears("* ada has entered the room")
        ada.is_soon("joined")
        ada.session.rename("grace")
        other.hears("* ada has left the room", "* grace has entered the room")
        ada.enters("hello")
        other.hears("[grace] hello")
        ada.session.rename("grace")  # who is here already stays
        ada.enters("again")
        other.hears("[grace] again")


def test_ones_own_ghost_is_waited_for(people, door):
    """The name is in use right after one's own connection was lost: that is no refusal."""
    ada = people(door.getsockname())
    admit(door)[0].close()
    for _ in range(3):
        refuse(door)
    admit(door)[0].close()
    why = [status.why for status in ada.heard(Status) if status.state == "waiting"]
    assert sum("in use" in each for each in why) == 3


@pytest.mark.parametrize(
    "words", ["the server is stopping; goodbye", "no name within 10 seconds; goodbye", "Server: a-proxy"]
)
def test_who_was_here_waits_for_whoever_does_not_speak_of_the_name(people, door, monkeypatch, words):
    """A server that is just stopping, or what answers in its place: for longer than a ghost lasts, too."""
    monkeypatch.setattr("chatkit.standing.GHOST_TIME", 0.0, raising=False)
    ada = people(door.getsockname())
    admit(door)[0].close()
    for _ in range(3):
        refuse(door, words)
    sock, said = admit(door)
    ada.is_soon("joined")
    assert not [status for status in ada.heard(Status) if status.state == "refused"]
    said.close()
    sock.close()


def test_who_was_here_under_another_name_only_is_asked_for_one(people, door):
    ada = people(door.getsockname(), backoff=Backoff(60.0, 60.0, random.Random(1)))
    sock, said = admit(door)
    said.close()
    sock.close()
    ada.is_soon("waiting")
    ada.session.rename("grace")
    refuse(door, "we do not like you")
    ada.is_soon("refused")


def test_who_is_shown_out_does_not_come_back_unasked(people, door):
    ada = people(door.getsockname())
    sock, said = admit(door)
    sock.sendall(b"! removed by the host: enough; goodbye\n")
    said.close()
    sock.close()
    ada.is_soon("ended")
    assert "enough" in ada.session.status.why
    ada.session.retry()
    admit(door)[0].close()


def test_a_wait_can_be_given_up_and_taken_up_again(people, door):
    ada = people(door.getsockname(), backoff=Backoff(60.0, 60.0, random.Random(1)))
    sock, said = admit(door)
    said.close()
    sock.close()
    ada.is_soon("waiting")
    ada.session.cancel()
    ada.is_soon("ended")
    ada.session.retry()
    sock, said = admit(door)
    ada.is_soon("joined")
    said.close()
    sock.close()


def test_a_line_that_is_too_long_is_given_back(people):
    with room() as server, linus(server) as other:
        ada = people(server.address)
        other.hears("* ada has entered the room")
        ada.enters("x" * 5000, "short")
        other.hears("[ada] short")
        assert [event.line for event in ada.heard(NotTaken)] == ["x" * 5000]


def test_what_was_typed_just_before_leaving_is_said(people, monkeypatch):
    monkeypatch.setattr("chatkit.session.LAST_WORDS", PATIENCE)
    with room() as server, linus(server) as other:
        ada = people(server.address)
        other.hears("* ada has entered the room")
        ada.is_soon("joined")
        ada.enters("goodbye")
        ada.session.close(2 * PATIENCE)
        other.hears("[ada] goodbye", "* ada has left the room")
        assert not ada.session.outgoing.kept


def test_what_was_typed_is_kept_by_who_leaves_in_the_moment_of_being_let_in(people, door, monkeypatch):
    """The room takes them in when their client has begun to say goodbye, and sends nothing more."""
    monkeypatch.setattr("chatkit.session.LAST_WORDS", 0.05)
    is_leaving, is_in = threading.Event(), threading.Event()
    shut = ChatClient._wait_for_reader

    def wait(client, seconds):
        is_leaving.set()
        assert is_in.wait(PATIENCE)
        shut(client, seconds)

    monkeypatch.setattr(ChatClient, "_wait_for_reader", wait)
    ada = people(door.getsockname())
    ada.enters("precious", "as precious")
    sock, _ = door.accept()
    sock.sendall(f"{GREETING}\n".encode())
    assert sock.recv(100)
    eventually(lambda: not ada.session._client._writing.locked())  # or it would not wait, but close at once
    leaving = threading.Thread(target=ada.session.leave)
    leaving.start()
    assert is_leaving.wait(PATIENCE)
    sock.sendall(b"* The room contains: \n")
    ada.is_soon("joined")
    is_in.set()
    leaving.join(PATIENCE)
    ada.session.close(PATIENCE)
    sock.close()
    assert ada.session.outgoing.kept == ("precious", "as precious")


@pytest.mark.parametrize("goodbye", ["/quit", "/ quit", " /quit "])
def test_whatever_a_server_takes_for_a_goodbye_ends_the_session(people, goodbye, monkeypatch):
    """It is no line to be sent again: each new connection would be ended by it."""
    monkeypatch.setattr("chatkit.session.LAST_WORDS", PATIENCE)
    with room() as server, linus(server) as other:
        ada = people(server.address)
        other.hears("* ada has entered the room")
        ada.is_soon("joined")
        ada.enters("bye", goodbye)
        other.hears("[ada] bye", "* ada has left the room")
        eventually(lambda: not ada.session._thread.is_alive())
        assert not ada.session.outgoing.kept


def test_words_that_only_look_like_a_goodbye_are_said(people):
    with room() as server, linus(server) as other:
        ada = people(server.address)
        other.hears("* ada has entered the room")
        ada.enters("//quit", "quit", "/quit now")
        other.hears("[ada] /quit", "[ada] quit")
        eventually(lambda: ada.heard(Reply))  # there is no such command


def test_who_quits_before_the_first_connection_never_connects(people, door):
    ada = people(door.getsockname(), backoff=Backoff(60.0, 60.0, random.Random(1)))
    sock, _ = door.accept()
    sock.close()
    ada.is_soon("waiting")
    ada.enters("/quit")
    eventually(lambda: not ada.session._thread.is_alive())


def test_leaving_does_not_wait_for_a_server_that_says_nothing(people, door, monkeypatch):
    monkeypatch.setattr(Session, "timeout", 60.0)
    ada = people(door.getsockname())
    sock, _ = door.accept()
    eventually(lambda: ada.session._client and ada.session._client.state == "connecting")
    ada.session.close(PATIENCE)
    assert not ada.session._thread.is_alive()
    sock.close()


def test_who_has_left_is_told_nothing_more(people, monkeypatch):
    """The call is still under way then, and fails later."""
    called, hung_up = threading.Event(), threading.Event()

    def call_in_vain(*_where):
        called.set()
        hung_up.wait(PATIENCE)
        raise Unreachable("cannot reach it")

    monkeypatch.setattr("chatkit.client.dial", call_in_vain)
    ada = people(("127.0.0.1", 55555))
    assert called.wait(PATIENCE)
    ada.session.close(0)
    told = list(ada.told)
    hung_up.set()
    eventually(lambda: not ada.session._thread.is_alive())
    assert ada.told == told


def test_who_has_left_a_server_that_takes_nothing_is_told_nothing_more(people, door, monkeypatch):
    """A line is still on its way out then, and fails later: the server closes, and has not read all."""
    monkeypatch.setattr(Session, "timeout", PATIENCE)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    ada = people(door.getsockname())
    sock, said = admit(door)
    ada.is_soon("joined")
    client = ada.session._client
    client._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    ada.enters(*["x" * 4000] * 1000)
    eventually(lambda: not client._writing.acquire(timeout=0.1) or client._writing.release())
    ada.session.close(0)
    told = list(ada.told)
    said.close()
    sock.close()
    eventually(lambda: not ada.session._thread.is_alive())
    assert ada.told == told


def test_others_are_who_is_in_the_room(people):
    with room() as server, linus(server):
        ada = people(server.address)
        eventually(lambda: ada.session.others == ("linus",))
    ada.is_soon("waiting")
    assert ada.session.others == ()


def test_why_it_ended_is_not_what_was_said_about_something_else(people, door):
    ada = people(door.getsockname(), backoff=Backoff(60.0, 60.0, random.Random(1)))
    sock, said = admit(door, f"{GREETING}\n".encode())
    assert said.readline() == b"/help\n"
    sock.sendall(f"! {HELP}\n! here now: ada\n* linus has entered the room\n".encode())
    said.close()
    sock.close()
    ada.is_soon("waiting")
    assert ada.session.status.why.endswith("ended the conversation")


def test_a_question_that_was_lost_is_asked_again(people, door, monkeypatch):
    monkeypatch.setattr("chatkit.courier.LATE", 0.05)
    ada = people(door.getsockname())
    sock, said = admit(door, f"{GREETING}\n".encode())
    assert said.readline() == b"/help\n"
    sock.sendall(f"! {HELP}\n".encode())
    ada.enters("one")
    assert [said.readline() for _ in range(3)] == [b"one\n", b"/help\n", b"/help\n"]
    sock.sendall(f"! {HELP}\n".encode())
    ada.is_read()
    said.close()
    sock.close()


def test_another_machine_is_told_no_faster_than_it_takes(people, door, monkeypatch):
    monkeypatch.setattr("chatkit.courier._is_near", lambda host: False)
    monkeypatch.setattr("chatkit.courier.RATE", 1000)
    ada = people(door.getsockname())
    sock, said = admit(door)
    ada.enters(*(f"line {number}" for number in range(60)))
    assert [said.readline() for _ in range(60)] == [b"line %d\n" % number for number in range(60)]
    said.close()
    sock.close()


def test_a_flood_is_heard_in_order_and_whole(people):
    with room() as server, linus(server) as other:
        ada = people(server.address)
        other.hears("* ada has entered the room")
        other.says(*map(str, range(5000)))
        eventually(lambda: len(ada.heard(Said)) == 5000)
        assert [said.text for said in ada.heard(Said)] == list(map(str, range(5000)))


def test_what_was_typed_waits_a_moment_for_those_who_were_there(people, monkeypatch):
    """They were cut off at the same instant: what is said before they are back, they would miss."""
    monkeypatch.setattr("chatkit.courier.REUNION", 60.0)
    with room() as server, linus(server):
        ada = people(server.address)
        eventually(lambda: ada.session.others == ("linus",))
        server.stop()
        ada.is_soon("waiting")
        ada.enters("hello again")
    with ChatServer(port=server.address[1]) as again:
        ada.is_soon("joined")
        assert ada.session.missing == {"linus"}
        with linus(again) as other:
            other.hears("[ada] hello again")
        assert not ada.session.missing


def test_who_does_not_come_back_is_not_waited_for_long(people, monkeypatch):
    monkeypatch.setattr("chatkit.courier.REUNION", 0.05)
    with room() as server, linus(server):
        ada = people(server.address)
        eventually(lambda: ada.session.others == ("linus",))
        server.stop()
        ada.is_soon("waiting")
        ada.enters("hello?")
    with ChatServer(port=server.address[1]):
        ada.is_read()
