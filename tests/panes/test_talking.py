"""Chat panes as a script sees them: talking, leaving, coming back, and what goes wrong."""

import gc
import threading
import weakref

import pytest
from ipywidgets import Widget

from chatkit.lab import wait_for
from chatkit.lab.person import Person
from chatkit.panes import ChatPane
from chatkit.panes.pane import KEEP

# Talking


def test_three_panes_talk_and_each_tells_the_whole_story(trio):
    ada, grace, linus = trio
    ada.say("Hello, room!")
    wait_for("[ada] Hello, room!", grace, linus)
    grace.say("Hello, ada!")
    wait_for("[grace] Hello, ada!", ada, linus)
    hello = "Welcome to chatkit! What shall I call you?"
    came = ["* grace has entered the room", "* linus has entered the room"]
    said = ["[ada] Hello, room!", "[grace] Hello, ada!"]
    assert ada.text.splitlines() == [
        *(hello, "> ada", "* The room contains: ", *came, "> Hello, room!", "[grace] Hello, ada!")
    ]
    assert linus.text.splitlines() == [hello, "> linus", "* The room contains: ada, grace", *said]


def test_a_pane_and_a_plain_socket_talk(server, sit, talk):
    ada = sit(server, "ada")
    grace = talk(server, "grace")
    ada.say("hello\n/not a command")
    grace.hears("[ada] hello", "[ada] /not a command")
    grace.says("caf\u00e9 \U0001f600")
    wait_for("[grace] caf\u00e9 \U0001f600", ada)


def test_what_is_typed_may_be_a_command_or_a_line_that_looks_like_one(trio):
    ada, grace, _linus = trio
    ada.enter("/who")
    wait_for("! here now: ada, grace, linus", ada)
    ada.enter("//who")
    wait_for("[ada] /who", grace)
    assert ada.text.splitlines()[-3:] == ["> /who", "! here now: ada, grace, linus", "> //who"]


def test_a_blank_line_is_not_sent(trio):
    ada, grace, _linus = trio
    before = ada.text
    ada.enter("   ")
    ada.say("\n \n")
    assert ada.text == before
    ada.say("words")
    wait_for("[ada] words", grace)


def test_a_line_that_is_too_long_is_refused_in_one_sentence_and_the_pane_stays(trio):
    ada, grace, _linus = trio
    ada.say("x" * 5000)
    assert ada.text.splitlines()[-1].startswith("-- that line has 5001 bytes")
    ada.say("short")
    wait_for("[ada] short", grace)


def test_words_that_are_no_text_go_out_as_the_pane_shows_them(trio):
    ada, grace, _linus = trio
    ada.say("bell \x07 and half a pair \ud800")
    wait_for("[ada] bell \ufffd and half a pair ?", grace)
    assert ada.text.splitlines()[-1] == "> bell \ufffd and half a pair ?"


# Leaving, and coming back


def test_leaving_and_joining_again_is_seen_by_all_and_takes_a_new_connection(trio, server):
    ada, grace, linus = trio
    linus.leave()
    wait_for("* linus has left the room", ada, grace)
    assert server.names == ("ada", "grace")
    linus.leave()
    linus.join()
    linus.join()
    assert server.names == ("ada", "grace", "linus")
    assert linus.text.splitlines()[-4:] == [
        "-- you have left",
        "Welcome to chatkit! What shall I call you?",
        "> linus",
        "* The room contains: ada, grace",
    ]
    linus.say("back")
    wait_for("[linus] back", ada, grace)


def test_typing_quit_leaves_as_the_button_does(trio):
    ada, _grace, linus = trio
    linus.enter("/quit")
    wait_for("* linus has left the room", ada)
    wait_for("-- you have left", linus)


def test_who_has_left_cannot_speak_and_is_told_so(trio):
    linus = trio[2]
    linus.leave()
    linus.say("anybody?")
    assert linus.text.splitlines()[-1] == "-- linus is not in the room"


def test_a_second_pane_of_a_name_takes_the_place_of_the_first(server, sit):
    grace, older = sit(server, "grace"), sit(server, "ada")
    newer = sit(server, "Ada")
    assert server.names == ("grace", "Ada")
    assert older.text.splitlines()[-1] == "-- a newer pane speaks for ada now: use that one"
    older.join()
    older.say("me too")
    assert older.text.splitlines()[-1] == "-- ada is not in the room"
    newer.say("me")
    wait_for("[Ada] me", grace)
    assert "me too" not in grace.text


def test_a_closed_pane_leaves_the_room(trio):
    ada, _grace, linus = trio
    linus.close()
    wait_for("* linus has left the room", ada)


def test_a_pane_whose_cell_is_interrupted_leaves_nobody_in_the_room(server, talk, monkeypatch, eventually):
    """It is the stop button, while she is still joining: no name and no view holds her then."""
    linus = talk(server, "linus")

    def interrupted(person):
        person.click("join")
        raise KeyboardInterrupt

    monkeypatch.setattr(Person, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ChatPane(*server.address, "ada")
    linus.hears("* ada has entered the room", "* ada has left the room")
    ours = ("chatkit client ada", "chatkit pane ada")
    eventually(lambda: not [each for each in threading.enumerate() if each.name in ours])


def test_a_cell_that_is_run_again_and_again_leaves_a_bounded_number_of_widgets(server, sit):
    def widgets():
        gc.collect()
        return sum(isinstance(each, Widget) and each.comm is not None for each in gc.get_objects())

    for _ in range(KEEP + 2):
        sit(server, "ada")
    before = widgets()
    for _ in range(3):
        sit(server, "ada")
    assert widgets() <= before
    assert server.names == ("ada",)


def test_a_pane_that_is_collected_starts_no_thread(server, eventually, monkeypatch):
    """The collector runs in the midst of anything, even where to start one is to wait for ever."""
    pane = ChatPane(*server.address, "ada")
    pane.leave()
    pane.close()
    eventually(lambda: not any(each.name.startswith("chatkit pane") for each in threading.enumerate()))
    started, gone = [], weakref.ref(pane)
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread.name))
    del pane
    eventually(lambda: gc.collect() >= 0 and gone() is None)
    assert started == []


# What goes wrong is one sentence in the pane


def test_a_name_that_is_taken(server, sit, talk, eventually):
    talker = talk(server, "ada")
    ada = sit(server, "ada")
    assert "did not let ada in; it said: the name ada is in use" in ada.text.splitlines()[-1]
    talker.leaves()
    eventually(lambda: server.names == ())
    ada.join()
    assert server.names == ("ada",)


@pytest.mark.parametrize("name", ["a b", "", "x" * 25, "a\nb", "\ud800", "<b>"])
def test_a_name_that_no_room_takes(server, sit, name):
    pane = sit(server, name)
    assert "a name is 1 to 24" in pane.text.splitlines()[-1]
    assert server.names == ()


def test_a_server_that_stops_and_one_that_is_not_there(trio, server, eventually):
    server.stop()
    for pane in trio:
        eventually(lambda: "ended the conversation" in pane.text)  # noqa: B023 (it is called right here)
        pane.join()
        *_, gone, refused = pane.text.splitlines()
        assert gone.startswith("-- ")
        assert gone.endswith("ended the conversation; it said: the server is stopping; goodbye")
        assert refused.startswith("-- nothing listens at ")
        assert refused.endswith("Run its cell, then this pane's cell.")
