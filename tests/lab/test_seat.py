"""A person's place in a room: what is asked of it in order is done in order, however late the news is."""

import pytest

from chatkit.lab.seat import Seat


class Late(Seat):
    """A seat that hears its news when it `catches_up`, and not before."""

    def __init__(self, host, port):
        self.news = []
        super().__init__(host, port, "ada", self.news.append)

    def catches_up(self):
        while self.news:
            self.news.pop(0)()

    def is_in(self):
        self.catches_up()
        return self.status == "joined"


@pytest.fixture
def seat(serve):
    each = Late(*serve().address)
    yield each
    each.leave()


def test_who_leaves_and_joins_at_once_is_in_the_room_again(seat, eventually):
    seat.join()
    eventually(seat.is_in)
    seat.leave()
    seat.join()  # nobody has told the seat yet that the first conversation is over
    eventually(seat.is_in)
    assert seat.transcript.text.count("you have left") == 1


def test_who_is_in_the_room_does_not_join_again(seat, eventually):
    seat.join()
    eventually(seat.is_in)
    seat.join()
    seat.catches_up()
    assert seat.transcript.text.count("What shall I call you?") == 1
