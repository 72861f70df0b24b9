"""The diagram of a real room: the same scene makes the same picture, whatever threads and sockets do."""

import threading
from itertools import count

import pytest
from talker import PATIENCE, eventually

from chatkit.lab import open_room
from chatkit.lab.events import Way

pytestmark = pytest.mark.usefixtures("rooms")


def play():
    """Three talk, a line is cut into pieces, and somebody leaves; each step waits until all have heard."""
    room = open_room()
    ada = room.seat("ada")
    grace = room.seat("grace")
    room.wait_for("* grace has entered the room", "ada")
    linus = room.seat("linus")
    room.wait_for("* linus has entered the room", "ada", "grace")
    for speaker, words, hearers in [
        (ada, "hello", ("grace", "linus")),
        (linus, "hi", ("ada", "grace")),
        (grace, "who is there?", ("ada", "linus")),
    ]:
        speaker.say(words)
        room.wait_for(f"[{speaker.name}] {words}", *hearers)
    room.wire("grace").slice(4)
    grace.say("in pieces")
    room.wait_for("[grace] in pieces", "ada", "linus")
    room.wire("grace").behave()
    linus.leave()
    room.wait_for("* linus has left the room", "ada", "grace")
    assert room.log.wait_for(lambda events: all(event.arrived is not None for event in events), PATIENCE)
    return room.diagram(last=100)


def test_a_scene_makes_the_same_picture_on_every_run():
    first = play()
    assert r"grace  → server  [in p  (a line begins)" in first.text
    assert first.text.splitlines()[-1] == "server → linus   FIN (no more from the server)"
    again = play()
    assert again.text == first.text
    assert again.svg == first.svg


@pytest.fixture
def couple(monkeypatch):
    """A room with ada and grace whose log is empty, and its clock stands still: nothing takes long there."""
    room = open_room()
    room.seat("ada"), room.seat("grace")
    now = room.log.now()
    monkeypatch.setattr(room.log, "now", lambda: now)
    room.log.clear()
    return room


def test_what_somebody_has_read_is_never_drawn_as_held(couple, monkeypatch):
    write_down, slowly = couple.log.arrived, threading.Event()
    monkeypatch.setattr(couple.log, "arrived", lambda *what: (slowly.wait(0.3), write_down(*what)))
    couple.guests[0].say("hello")
    couple.wait_for("[ada] hello", "grace", timeout=PATIENCE)
    assert "(held)" not in couple.diagram(wait=0).text


def test_what_a_wire_passes_on_at_once_is_not_drawn_as_held_though_it_gets_no_core(couple, monkeypatch):
    times = count(couple.log.now(), 0.3)  # as if its thread stood still between any two looks at the clock
    monkeypatch.setattr(couple.log, "now", lambda: next(times))
    couple.guests[0].say("hello")
    couple.wait_for("[ada] hello", "grace", timeout=PATIENCE)
    said = couple.diagram().text
    assert r"server → grace   [[ada] hello\n]" in said
    assert "arrives now" not in said


def test_what_was_sent_just_now_has_a_moment_to_arrive(couple):
    ada, grace = couple.guests
    grace.wire.delay(3600, Way.TO_CLIENT)
    ada.say("hello")
    eventually(lambda: any(event.person == "grace" and event.data for event in couple.log.events))
    assert "(held)" in couple.diagram(wait=0).text
    threading.Timer(0.1, grace.wire.behave).start()
    assert "(held)" not in couple.diagram(wait=PATIENCE).text


def test_what_is_held_is_drawn_as_held():
    room = open_room()
    ada, _ = room.seat("ada"), room.seat("grace")
    room.wire("grace").delay(60)
    ada.say("hello")
    room.wait_until(lambda: any(b"] hello" in event.data for event in room.log.events), "the copy is sent")
    assert room.diagram().text.endswith(r"[[ada] hello\n]  (held)")
