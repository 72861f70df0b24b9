"""A server that stood still for a while (stopped, or behind a long wish): nobody else is to blame for it."""

import select

import pytest

from chatkit import Limits
from chatkit.room import Room

IMPATIENT = Limits(stalled=50_000, stall_time=5)


def falls_behind(server, grace, linus):
    """Have much wait for who does not read; return its connection, and the last words."""
    for number in range(500):
        grace.says(f"{number} {'x' * 4000}")
        linus.hears_a_line()
    return max(server._connections, key=lambda connection: connection.queued), f"[grace] 499 {'x' * 4000}"


def takes_what_is_there(talker):
    """Read until nothing is left to read, as one does while nothing is sent."""
    while select.select([talker.socket], [], [], 0.1)[0]:
        talker._buffer += talker.socket.recv(1 << 16)


@pytest.mark.fault(6)
def test_whoever_read_on_while_the_server_stood_still_is_not_too_slow(serve, gather, hold, eventually):
    server = serve(limits=Limits(stall_time=600))
    grace, linus, ada = gather(server, "grace", "linus", "ada", receive_buffer=4096)
    connection, last = falls_behind(server, grace, linus)
    with hold(server, grace):
        connection.limits = IMPATIENT
        takes_what_is_there(ada)
        eventually(lambda: connection.idle() > 5.1)
    ada.hears_until(last)
    ada.hears("[grace] hold everything")


@pytest.mark.fault(10, 24)
def test_what_came_in_time_while_the_server_stood_still_is_in_time(serve, gather, talk, hold, eventually):
    server = serve()
    grace, ada = gather(server, "grace", "ada")
    stranger = talk(server)
    stranger.hears_the_prompt()
    ada.sends(b"I was just about")
    eventually(lambda: any(each.lines.tail for each in server._connections))
    with hold(server, grace):
        slow = [each for each in server._connections if each.lines.tail or not server.room.name(each)]
        stranger.says("linus")
        ada.sends(b" to say something\n")
        server.limits = slow[0].limits = slow[1].limits = Limits(naming=1.5, line_time=1.5)
        eventually(lambda: min(each.age() for each in slow) > 2.0)
    heard = [grace.hears_a_line() for _ in range(2)]
    assert sorted(heard) == ["* linus has entered the room", "[ada] I was just about to say something"]


@pytest.mark.fault(10)
def test_the_first_of_all_is_in_time_although_the_server_stood_still_before_its_first_look(
    serve, talk, monkeypatch, eventually
):
    class Slow(Room):
        def arrive(self, guest):
            eventually(lambda: guest.age() > 2.0)
            return super().arrive(guest)

    monkeypatch.setattr("chatkit.server.ChatServer.room_type", Slow)
    monkeypatch.setattr("chatkit.switchboard.TICK", 60.0)  # the first round waits for somebody to come
    talk(serve(limits=Limits(naming=1.5)), "ada")
