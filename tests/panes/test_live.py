"""A whole room in one output: what the live view tells a page and when, and what is kept of rooms gone by."""

import gc
import threading
import time

import pytest
from ipywidgets import Widget
from talker import PATIENCE

import chatkit.panes.live
from chatkit.lab import open_room
from chatkit.lab.rooms import OpenRoom, _stop_all
from chatkit.panes import show
from chatkit.panes.live import Live
from chatkit.panes.view import KEEP


@pytest.fixture(autouse=True)
def _closed(nothing_left, eventually):
    yield
    _stop_all()
    eventually(lambda: not live_threads() and not threads("chatkit pane", "chatkit client"))


def threads(*names):
    return [each for each in threading.enumerate() if each.name.startswith(names)]


def live_threads():
    return threads("chatkit live")


class Watched(Live):
    """A live view that remembers what it sent to its page."""

    def __init__(self, room):
        self.sent = []
        super().__init__(room)

    def send(self, content, buffers=None):
        self.sent.append(content)

    def hears(self, what):
        """Take a message as from a page."""
        self.comm.handle_msg(
            {"content": {"data": {"method": "custom", "content": {"do": what}}}, "buffers": []}
        )


@pytest.fixture
def room():
    room = open_room()
    room.seat("ada")
    return room


@pytest.fixture
def live(room):
    live = Watched(room)
    yield live
    live.close()


def test_who_asks_is_shown_both_and_then_what_changes(room, live, eventually):
    live.hears("ready")
    eventually(lambda: live.sent)
    assert {"board", "diagram"} <= set(live.sent[0])
    room.guests[0].say("hello")
    eventually(lambda: any("hello" in each.get("diagram", "") for each in live.sent[1:]))


def test_nobody_draws_for_nobody(live, eventually):
    assert live_threads() == []
    live.hears("here")
    eventually(live_threads)


def test_a_picture_that_takes_long_is_drawn_seldom_so_that_clicks_get_their_turn(
    room, live, monkeypatch, eventually
):
    real, began, ended = OpenRoom.diagram, [], []

    def slow(self, **options):
        began.append(time.monotonic())
        work = time.thread_time() + 0.2
        while time.thread_time() < work:
            pass
        self.note("there is something new")
        ended.append(time.monotonic())
        return real(self, **options)

    monkeypatch.setattr(OpenRoom, "diagram", slow)
    live.hears("ready")
    eventually(lambda: len(began) > 1)
    assert began[1] - ended[0] > 0.6


def test_a_style_is_not_sent_with_each_picture(live, eventually):
    live.hears("ready")
    eventually(lambda: live.sent)
    assert "<style" not in live.sent[0]["diagram"]
    assert ".ck-diagram" in Live._css


def test_a_room_that_is_over_is_drawn_once_for_each_who_asks_and_says_so(room, live, eventually):
    room.stop()
    live.hears("ready")
    eventually(lambda: live.sent and not live_threads())
    assert "closed" in live.sent[0]["board"]
    sent = len(live.sent)
    live.hears("here")
    eventually(lambda: not live_threads())
    assert len(live.sent) == sent
    live.hears("ready")
    eventually(lambda: len(live.sent) > sent)


def test_a_view_that_is_taken_out_of_the_notebook_draws_no_more(live, eventually, monkeypatch):
    monkeypatch.setattr(chatkit.panes.live, "PRESENCE", 2 * PATIENCE)
    live.hears("ready")
    eventually(lambda: live.sent)
    live.close()
    eventually(lambda: not live_threads())


def test_a_cell_that_is_run_again_and_again_leaves_a_bounded_number_of_rooms_and_widgets(eventually):
    for _ in range(KEEP + 1):
        show(open_room(), "ada")
    before = rooms_and_widgets()
    for _ in range(3):
        show(open_room(), "ada")
    eventually(lambda: rooms_and_widgets() <= before)


def rooms_and_widgets():
    gc.collect()
    return [sum(isinstance(each, kind) for each in gc.get_objects()) for kind in (OpenRoom, Widget)]
