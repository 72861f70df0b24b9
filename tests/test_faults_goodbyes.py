"""Every way of leaving: one notice to each other member, the name free, and nobody else touched."""

import socket
import threading

import pytest

from chatkit import Limits

GONE = "* ada has left the room"
LOST = "* ada has left the room (connection lost)"


def waits_unread(ada, grace):
    """Let a line arrive that ada never reads: her close becomes a reset."""
    grace.says("unread")
    ada.socket.recv(1, socket.MSG_PEEK)
    ada.leaves()


WAYS = {
    "close": (lambda ada, grace: ada.leaves(), GONE),
    "reset": (lambda ada, grace: ada.resets(), LOST),
    "close with a line unread": (waits_unread, LOST),
    "half-close": (lambda ada, grace: ada.half_closes(), GONE),
    "close in the middle of a line": (lambda ada, grace: (ada.sends(b"half a li"), ada.leaves()), GONE),
    "half-close in the middle of a line": (lambda ada, grace: (ada.sends(b"half"), ada.half_closes()), GONE),
    "quit": (lambda ada, grace: ada.says("/quit"), GONE),
    "quit and close": (lambda ada, grace: (ada.says("/quit"), ada.half_closes(), ada.hears_the_end()), GONE),
    "quit and reset": (lambda ada, grace: (ada.says("/quit"), ada.hears_the_end(), ada.resets()), GONE),
}


@pytest.fixture(params=WAYS)
def departure(request, serve, gather):
    """Ada has gone in one of the ways; grace, who stays, has heard nothing yet."""
    server = serve(limits=Limits(linger=0.1))
    ada, grace = gather(server, "ada", "grace")
    go, notice = WAYS[request.param]
    go(ada, grace)
    return server, grace, notice


@pytest.mark.fault(1, 2, 3, 4)
def test_whoever_goes_is_announced_exactly_once(departure):
    _, grace, notice = departure
    grace.hears(notice)
    grace.says("/who")
    grace.hears("! here now: grace")


@pytest.mark.fault(1, 2, 3)
def test_the_name_of_whoever_goes_is_free(departure, talk):
    server, grace, notice = departure
    grace.hears(notice)
    talk(server, "ada")
    grace.hears("* ada has entered the room")


@pytest.mark.fault(1, 2)
def test_the_thread_of_whoever_goes_ends(departure, eventually):
    _, grace, notice = departure
    grace.hears(notice)
    eventually(lambda: sum("reader" in each.name for each in threading.enumerate()) <= 1)


@pytest.mark.fault(1, 2)
def test_the_socket_of_whoever_goes_is_closed(departure, eventually):
    server, grace, notice = departure
    grace.hears(notice)
    eventually(lambda: len(server._connections) == 1)


@pytest.mark.fault(4)
def test_an_unfinished_last_line_is_no_message(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.sends(b"whole\nhalf")
    ada.leaves()
    grace.hears("[ada] whole", GONE)


@pytest.mark.fault(3)
def test_whoever_half_closes_is_sent_what_is_queued(serve, gather, hold):
    server = serve()
    ada, grace = gather(server, "ada", "grace")
    with hold(server, grace):
        ada.says("/who", "my last words")
        ada.half_closes()
    ada.hears("[grace] hold everything", "! here now: ada, grace")
    ada.hears_the_end()
    grace.hears("[ada] my last words", GONE)


@pytest.mark.fault(3)
def test_whoever_half_closes_is_sent_more_than_the_kernel_takes_at_once(serve, gather):
    server = serve(limits=Limits(linger=20, stall_time=600))
    (grace,) = gather(server, "grace")
    (ada,) = gather(server, "ada", receive_buffer=4096)
    grace.hears("* ada has entered the room")
    text = "x" * 4000
    for _ in range(500):
        grace.says(text)
    grace.says("/who")
    grace.hears("! here now: grace, ada")
    ada.half_closes()
    grace.hears(GONE)
    assert ada.hears_all() == [f"[grace] {text}"] * 500


@pytest.mark.fault(1, 3, 7)
def test_what_was_said_before_a_close_is_heard_although_others_speak_to_who_has_gone(
    serve, gather, hold, monkeypatch
):
    """Words to a closed connection are answered by a reset, and the next ones find a broken pipe."""
    monkeypatch.setattr("chatkit.limits.LARGEST_TURN", 4096)  # it takes ten rounds to hear all this
    server = serve()
    ada, grace, linus = gather(server, "ada", "grace", "linus")
    text = "said before she closed ".ljust(100, ".")
    with hold(server, grace):
        ada.says(*[text] * 400)
        ada.leaves()
    heard = []
    while GONE not in heard:
        grace.says("and you?")
        heard += linus.hears_until("[grace] and you?")
        assert LOST not in heard
    assert heard[: heard.index(GONE)].count(f"[ada] {text}") == 400


@pytest.mark.fault(3, 12)
def test_whoever_asks_for_the_name_of_one_who_is_leaving_takes_nothing_from_them(serve, gather, talk, hold):
    server = serve()
    grace, linus = gather(server, "grace", "linus")
    (ada,) = gather(server, "ada", receive_buffer=4096)
    for each in (grace, linus):
        each.hears("* ada has entered the room")
    owed = [f"[grace] {number} ".ljust(1000, "x") for number in range(1000)]
    grace.says(*(line.removeprefix("[grace] ") for line in owed))
    linus.hears_until(owed[-1])
    newcomer = talk(server)
    newcomer.hears_the_prompt()
    with hold(server, linus):
        newcomer.says("ada", "I come later")
        ada.half_closes()
    grace.hears("[linus] hold everything", GONE, "* ada has entered the room", "[ada] I come later")
    assert ada.hears_all() == [*owed, "[linus] hold everything"]


def test_a_whole_visit_in_one_piece_is_heard(serve, gather, talk):
    server = serve()
    (grace,) = gather(server, "grace")
    ada = talk(server)
    ada.sends(b"ada\nhello\n/quit\n")
    grace.hears("* ada has entered the room", "[ada] hello", GONE)
    ada.hears("Welcome to chatkit! What shall I call you?", "* The room contains: grace")
    ada.hears_the_end()


BEFORE_A_NAME = {
    "FIN before the prompt": lambda each: each.leaves(),
    "RST before the prompt": lambda each: each.resets(),
    "FIN after the prompt": lambda each: (each.hears_the_prompt(), each.leaves()),
    "RST after the prompt": lambda each: (each.hears_the_prompt(), each.resets()),
    "FIN in the middle of the name": lambda each: (each.hears_the_prompt(), each.sends(b"a"), each.leaves()),
    "half-close": lambda each: (each.half_closes(), each.hears_the_prompt(), each.hears_the_end()),
    "a name that is not ASCII": lambda each: (each.sends("zoé\n".encode()), each.leaves()),
}


@pytest.mark.fault(9)
@pytest.mark.parametrize("way", BEFORE_A_NAME)
def test_nobody_hears_of_a_hundred_who_vanish_before_they_have_a_name(serve, talk, gather, eventually, way):
    server = serve()
    (grace,) = gather(server, "grace")
    for _ in range(100):
        BEFORE_A_NAME[way](talk(server))
    eventually(lambda: len(server._connections) == 1)
    talk(server, "ada")
    grace.hears("* ada has entered the room")


@pytest.mark.fault(8)
def test_fifty_resets_at_one_instant_give_fifty_right_notices(serve, gather, hold):
    server = serve()
    grace, *others = gather(server, "grace", *(f"guest{number}" for number in range(50)))
    with hold(server, grace):
        for other in others:
            other.resets()
    notices = [grace.hears_a_line() for _ in range(50)]
    assert set(notices) == {f"* guest{number} has left the room (connection lost)" for number in range(50)}
    grace.says("/who")
    grace.hears("! here now: grace")


@pytest.mark.fault(7)
def test_a_death_in_the_middle_of_a_broadcast_costs_nobody_else_a_line(serve, gather, hold):
    server = serve()
    ada, grace, linus = gather(server, "ada", "grace", "linus")
    with hold(server, linus):
        ada.resets()
        linus.says(*(f"line {number}" for number in range(5)))
    said = ["hold everything", *(f"line {number}" for number in range(5))]
    heard = [grace.hears_a_line() for _ in (*said, LOST)]
    assert [line for line in heard if line != LOST] == [f"[linus] {line}" for line in said]
    assert heard.count(LOST) == 1


@pytest.mark.fault(7, 8)
def test_two_who_reset_while_they_are_sent_to_are_announced_once_each(serve, gather):
    ada, grace, linus = gather(serve(), "ada", "grace", "linus")
    linus.says("going")
    ada.resets()
    grace.resets()
    notices = sorted([linus.hears_a_line(), linus.hears_a_line()])
    assert notices == [LOST, "* grace has left the room (connection lost)"]
    linus.says("/who")
    linus.hears("! here now: linus")


# Coming back


@pytest.mark.fault(12)
def test_whoever_comes_back_before_the_ghost_is_gone_is_let_in(serve, gather, hold, talk):
    server = serve()
    grace, ghost = gather(server, "grace", "ada")
    with hold(server, grace):
        ghost.resets()
        ada = talk(server)
        ada.says("ada")
    ada.hears("Welcome to chatkit! What shall I call you?", "* The room contains: grace")
    grace.hears(LOST, "* ada has entered the room")
    ada.says("/who")
    ada.hears("! here now: grace, ada")


@pytest.mark.fault(3, 7, 12)
@pytest.mark.parametrize("name", ["ada", "ADA"])
def test_a_ghosts_last_words_are_heard_although_its_name_was_asked_for_before(
    serve, gather, hold, talk, eventually, engine, name
):
    """The name is looked at first, and finds the reset; the words have been read, and wait."""
    server = serve()
    grace, ghost = gather(server, "grace", "ada")
    newcomer = talk(server)
    newcomer.hears_the_prompt()
    with hold(server, grace, "/who"):  # nothing is sent to the ghost: to send would find the reset, too
        newcomer.says(name)
        ghost.says("my last words")
        if engine == "threads":  # a name that is asked for before they were read is in use
            eventually(lambda: server.room.holder("ada").said == 2)
        ghost.resets()
    grace.hears("! here now: grace, ada", "[ada] my last words", LOST, f"* {name} has entered the room")
    assert server.names == ("grace", name)


@pytest.mark.fault(12)
def test_whoever_is_still_there_is_not_replaced(serve, gather, talk):
    server = serve()
    ada, grace = gather(server, "ada", "grace")
    pretender = talk(server)
    pretender.says("ada")
    pretender.hears_the_prompt()
    pretender.hears_an_error("in use")
    ada.says("still here")
    grace.hears("[ada] still here")


@pytest.mark.fault(11)
def test_a_hundred_come_back_at_once_under_their_names(serve, talk):
    server = serve()
    names = [f"guest{number}" for number in range(100)]
    for talker in [talk(server, name) for name in names]:
        talker.resets()
    for name in names:
        talk(server, name)
    assert sorted(server.names) == sorted(names)


@pytest.mark.fault(48)
@pytest.mark.parametrize("visits", [1000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_visits_leave_no_thread_and_no_descriptor(serve, talk, talkers, gather, eventually, visits):
    server = serve()
    (grace,) = gather(server, "grace")
    threads = threading.active_count()
    for number in range(visits):
        visitor = talk(server, f"guest{number}")
        visitor.leaves() if number % 2 else visitor.resets()
        talkers.remove(visitor)
    eventually(lambda: server.names == ("grace",))
    eventually(lambda: threading.active_count() == threads and len(server._connections) == 1)
    grace.says("/who")
    assert len(grace.hears_until("! here now: grace")) == 2 * visits + 1
