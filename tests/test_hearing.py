"""What a client hears: all of it once and in order, however it is received, and no more than is wanted."""

import threading

import pytest
from talker import PATIENCE

from chatkit.hearing import AHEAD, Hearing
from chatkit.messages import Said

ONE, TWO, THREE = (Said("ada", text) for text in ("one", "two", "three"))


@pytest.fixture
def hearing():
    """One message waits in it."""
    hearing = Hearing("ada")
    hearing.put(ONE)
    return hearing


def test_what_waits_is_received_in_order_and_the_end_again_and_again(hearing):
    hearing.put(TWO)
    hearing.put(None)
    assert [hearing.receive(0) for _ in range(4)] == [ONE, TWO, None, None]


def test_nothing_to_receive_is_said_after_the_time(hearing):
    hearing.receive(0)
    with pytest.raises(TimeoutError, match=r"ada heard nothing for 0\.01 seconds"):
        hearing.receive(0.01)


def test_a_subscriber_gets_what_waited_and_then_all_that_comes(hearing):
    heard = []
    hearing.subscribe(heard.append)
    hearing.put(TWO)
    hearing.put(None)
    assert heard == [ONE, TWO, None]


def test_a_watcher_is_called_for_what_waits_and_for_all_that_comes(hearing):
    heard = []
    hearing.watch(lambda: heard.append(hearing.receive(0)))
    hearing.put(TWO)
    hearing.put(None)
    assert heard == [ONE, TWO, None]


def test_who_waits_to_receive_hears_no_more_once_another_subscribes(hearing):
    received = []
    waiting = threading.Thread(target=lambda: received.extend(iter(lambda: hearing.receive(None), None)))
    waiting.start()
    heard = []
    hearing.subscribe(heard.append)
    waiting.join(PATIENCE)
    assert not waiting.is_alive()
    hearing.put(TWO)
    assert received + heard == [ONE, TWO]
    assert hearing.receive(0) is None


def test_a_second_subscriber_hears_the_end_only_when_it_is_over(hearing):
    heard = []
    hearing.subscribe(lambda _message: None)
    hearing.subscribe(heard.append)
    hearing.put(TWO)
    assert heard == [TWO]
    hearing.put(None)
    hearing.subscribe(heard.append)
    assert heard == [TWO, None, None]


def test_who_is_far_ahead_waits_until_all_has_been_received(hearing):
    assert hearing.note(AHEAD + 1)
    waiting = threading.Thread(target=hearing.wait_until_taken, args=(lambda: False,))
    waiting.start()
    assert hearing.receive(0) == ONE
    waiting.join(PATIENCE)
    assert not waiting.is_alive()
    assert hearing.note(1)


def test_nobody_waits_when_it_is_over(hearing):
    assert hearing.note(AHEAD + 1)
    hearing.wait_until_taken(lambda: True)


def test_after_a_gap_nothing_is_heard_for_it_would_be_torn(hearing):
    assert hearing.note(AHEAD + 1)
    assert not hearing.note(1)
    hearing.receive(0)
    assert not hearing.note(1)


def test_with_a_subscriber_nobody_is_ahead(hearing):
    hearing.subscribe(lambda _message: None)
    assert hearing.note(AHEAD + 1)
    hearing.wait_until_taken(lambda: False)
    assert hearing.note(1)
