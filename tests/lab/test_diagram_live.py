"""The diagram of a real room: the same scene makes the same picture, whatever threads and sockets do."""

import threading

import pytest

from chatkit.lab import open_room

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
    assert room.log.wait_for(lambda events: all(event.arrived is not None for event in events), 5)
    return room.diagram(last=100)


def test_a_scene_makes_the_same_picture_on_every_run():
    first = play()
    assert r"grace  → server  [in p  (a line begins)" in first.text
    assert first.text.splitlines()[-1] == "server → linus   FIN (no more from the server)"
    again = play()
    assert again.text == first.text
    assert again.svg == first.svg


def test_what_is_read_before_the_wire_has_written_it_down_is_not_drawn_as_held(monkeypatch):
    room = open_room()
    ada, _ = room.seat("ada"), room.seat("grace")
    write_down, behind, now = room.log.arrived, threading.Event(), room.log.now()
    monkeypatch.setattr(room.log, "arrived", lambda number: (behind.wait(30), write_down(number)))
    monkeypatch.setattr(room.log, "now", lambda: now)  # a quarter of a second would be late, not just behind
    room.log.clear()
    ada.say("hello")
    room.wait_for("[ada] hello", "grace")
    assert "(held)" in room.diagram(wait=0).text
    threading.Timer(0.1, behind.set).start()
    assert "(held)" not in room.diagram(wait=30).text


def test_what_is_held_is_drawn_as_held():
    room = open_room()
    ada, _ = room.seat("ada"), room.seat("grace")
    room.wire("grace").delay(5.0)
    ada.say("hello")
    room.wait_until(lambda: any(b"] hello" in event.data for event in room.log.events), "the copy is sent")
    assert room.diagram().text.endswith(r"[[ada] hello\n]  (held)")
