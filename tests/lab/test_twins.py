"""Twins: one scene in two rooms, lines that differ are marked, and a scene that gets stuck says so."""

import pytest

from chatkit.lab.twins import Pair, compare, twins
from chatkit.server import ChatServer
from chatkit.specimens.nobody_told import NobodyTold

pytestmark = pytest.mark.usefixtures("rooms")


def goodbye(room):
    _ada, linus = room.seat("ada"), room.seat("linus")
    linus.say("bye")
    room.wait_for("[linus] bye", "ada")
    linus.leave()
    room.wait_for("* linus has left the room", "ada")


def test_alike_rooms_differ_in_nothing():
    both = twins(goodbye, ChatServer, ChatServer)
    assert (both.differing, "≠" in both.text) == ((), False)
    assert both.saw["ada"][-1] == ("* linus has left the room", "* linus has left the room")


def test_what_differs_is_marked_for_each_person():
    both = twins(goodbye, NobodyTold, ChatServer)
    assert both.differing == ("ada",)
    marked = [line for line in both.text.splitlines() if line.startswith("≠")]
    assert [line.split() for line in marked] == [["≠", "|", "*", "linus", "has", "left", "the", "room"]]
    assert both.text.splitlines()[0].split() == ["NobodyTold", "ChatServer"]
    assert str(both) == repr(both) == both.text
    assert both._repr_html_().count('class="ck-differs"') == len(marked)


def test_a_scene_that_gets_stuck_is_told_and_the_other_room_plays_on():
    def scene(room):
        ada, grace = room.seat("ada"), room.seat("grace")
        ada.leave()
        room.wait_for("* ada has left the room", "grace")
        grace.say("alone")

    both = twins(scene, NobodyTold, ChatServer, ("silent", "good"))
    stuck = "with silent the scene ended early: grace did not see '* ada has left the room' in 5 seconds"
    assert both.text.splitlines()[-1] == stuck
    assert "≠" in both.text
    assert "* ada has left" in both.html


@pytest.mark.fault(17)
def test_what_people_say_is_never_markup():
    def scene(room):
        room.seat("ada").say("<img src=x onerror=alert(1)>")

    assert "<img" not in twins(scene, ChatServer, ChatServer).html


@pytest.mark.parametrize(
    ("left", "right", "pairs"),
    [
        ("", "", []),
        ("ab", "ab", [("a", "a"), ("b", "b")]),
        ("ab", "b", [("a", None), ("b", "b")]),
        ("b", "bc", [("b", "b"), (None, "c")]),
        ("axb", "ayzb", [("a", "a"), ("x", "y"), (None, "z"), ("b", "b")]),
    ],
)
def test_lines_that_are_alike_stand_beside_each_other(left, right, pairs):
    assert compare(list(left), list(right)) == [Pair(*pair) for pair in pairs]
