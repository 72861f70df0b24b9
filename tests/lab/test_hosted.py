"""A server that is one function: it makes a room like any other, and ends although it never would."""

import gc
import socket
import threading
from contextlib import suppress

import pytest
from talker import PATIENCE

from chatkit.lab import open_room, wait_until
from chatkit.lab.hosted import hosted

pytestmark = pytest.mark.usefixtures("rooms")


def one_by_one(listener):
    while True:
        caller, _ = listener.accept()
        while data := caller.recv(1024):
            caller.sendall(data)


def each_in_a_thread(listener):
    while True:
        caller, _ = listener.accept()
        threading.Thread(target=answer, args=(caller,), name="answer").start()


def answer(caller):
    while data := caller.recv(1024):
        caller.sendall(data)


@pytest.fixture
def call():
    """`call(room, "ada")` is a socket at her end of her wire."""
    callers = []

    def _call(room, name):
        callers.append(socket.create_connection(room.wire(name).address, 5.0))
        return callers[-1]

    yield _call
    for each in callers:
        each.close()


def says(caller, line):
    caller.sendall(line)
    return caller.recv(1024)


def test_the_second_caller_waits_at_the_door_until_the_first_has_gone(call):
    room = open_room(hosted(one_by_one))
    board = room.board
    ada = call(room, "ada")
    assert says(ada, b"hello\n") == b"hello\n"
    grace = call(room, "grace")
    board.wait_for("not let in yet", "grace")
    look = board.wait_for("held up", "listener")
    assert look.rows[0].words == "held up by ada"
    grace.settimeout(0.1)
    with pytest.raises(TimeoutError):
        says(grace, b"hello\n")
    grace.settimeout(PATIENCE)
    ada.close()
    assert grace.recv(1024) == b"hello\n"


def test_a_look_keeps_nobodys_socket_open(call):
    room = open_room(hosted(one_by_one))
    ada = call(room, "ada")
    assert says(ada, b"hello\n") == b"hello\n"
    gc.disable()
    try:
        room.board.look()
        ada.close()
        assert says(call(room, "grace"), b"hello\n") == b"hello\n"
        room.board.wait_until(lambda look: "ada" not in look.text, "ada's socket is closed")
    finally:
        gc.enable()


def test_each_caller_in_a_thread_of_their_own_has_a_row_of_their_own(call):
    room = open_room(hosted(each_in_a_thread))
    for name in ("ada", "grace"):
        assert says(call(room, name), b"hello\n") == b"hello\n"
    look = room.board.wait_until(lambda look: look.text.count("recv") == 2, "two threads in recv")
    assert [(row.who, row.call) for row in look.rows] == [
        ("listener", "accept"),
        ("ada", "recv"),
        ("grace", "recv"),
    ]


@pytest.mark.parametrize("serve", [one_by_one, each_in_a_thread])
def test_when_the_room_stops_its_threads_end_and_its_callers_hear_it(call, serve):
    before = set(threading.enumerate())
    room = open_room(hosted(serve))
    ada = call(room, "ada")
    assert says(ada, b"hello\n") == b"hello\n"
    room.stop()
    with suppress(ConnectionResetError):
        assert ada.recv(1024) == b""
    wait_until(lambda: set(threading.enumerate()) <= before, "the server's threads have ended")


@pytest.mark.fault(45)
def test_a_thread_that_dies_of_a_reset_is_told_in_the_log_and_under_no_cell(call, capfd):
    room = open_room(hosted(each_in_a_thread))
    assert says(call(room, "ada"), b"hello\n") == b"hello\n"
    room.wire("ada").reset()
    told = "a thread died: ConnectionResetError in answer (test_hosted.py:"
    assert room.log.wait_for(lambda events: any(told in event.words for event in events), PATIENCE)
    assert capfd.readouterr().err == ""


def test_a_mistake_in_the_function_itself_is_told_with_its_line(call):
    def serve(listener):
        listener.accept()
        listener.hear()

    room = open_room(hosted(serve))
    call(room, "ada")
    told = "a thread died: AttributeError in serve (test_hosted.py:"
    room.wait_until(lambda: any(told in event.words for event in room.log.events), "it is told")
