"""The client: it talks, it ends, and whatever ended it has a name and a sentence."""

import socket
import threading
from contextlib import suppress

import pytest
from impostor import (
    JOINED,
    a_server_that,
    floods_until_the_goodbye,
    hears_a_line,
    hears_the_end,
    resets,
)
from talker import PATIENCE, free_port

from chatkit import errors
from chatkit.client import ChatClient
from chatkit.dial import dial
from chatkit.messages import Joined, Left, Prompt, Reply, Roster, Said


@pytest.fixture
def join(request):
    """`join(server, "ada")` is a client that has joined; it quits at the end."""

    def _join(server, name, **options):
        client = ChatClient(*server.address, name, **options)
        request.addfinalizer(client.quit)
        return client.connect()

    return _join


def test_three_people_talk(serve, join):
    server = serve()
    ada = join(server, "ada")
    grace = join(server, "grace")
    ada.say("hello")
    grace.say("hi")
    heard_by_ada = [ada.receive(PATIENCE) for _ in range(4)]
    assert isinstance(heard_by_ada[0], Prompt)
    assert heard_by_ada[1:] == [Roster(""), Joined("grace"), Said("grace", "hi")]
    assert [grace.receive(PATIENCE) for _ in range(3)][1:] == [Roster("ada"), Said("ada", "hello")]


def test_it_knows_who_else_is_there(serve, join, eventually):
    server = serve()
    ada, grace, linus = (join(server, name) for name in ("ada", "grace", "linus"))
    assert linus.others == ("ada", "grace")
    eventually(lambda: (ada.others, grace.others) == (("grace", "linus"), ("ada", "linus")))
    grace.quit()
    eventually(lambda: ada.others == ("linus",))


def test_each_line_of_a_text_is_a_message_and_a_slash_is_only_a_slash(serve, join):
    server = serve()
    ada, grace = join(server, "ada"), join(server, "grace")
    ada.say("one\ntwo\r\n/who")
    assert [grace.receive(PATIENCE) for _ in range(5)][2:] == [
        Said("ada", text) for text in ("one", "two", "/who")
    ]


def test_what_is_typed_may_be_a_command(serve, join):
    ada = join(serve(), "ada")
    ada.enter("/who")
    assert [ada.receive(PATIENCE) for _ in range(3)][2] == Reply("here now: ada")


def test_iteration_ends_with_the_conversation(serve, join):
    ada = join(serve(), "ada")
    ada.quit()
    assert [type(message) for message in ada] == [Prompt, Roster]
    assert list(ada) == []
    assert ada.closed_because is None
    assert ada.state == "closed"


def test_what_was_said_before_quitting_arrives(serve, join):
    server = serve()
    ada, grace = join(server, "ada"), join(server, "grace")
    for number in range(1000):
        ada.say(f"line {number}")
    ada.quit()
    heard = [grace.receive(PATIENCE) for _ in range(1003)][2:]
    assert heard == [*(Said("ada", f"line {number}") for number in range(1000)), Left("ada")]


def test_a_subscriber_gets_everything_once_in_order_and_none_at_the_end(serve, join):
    server = serve()
    ada, grace = join(server, "ada"), join(server, "grace")
    heard, over = [], threading.Event()

    def note(message):
        heard.append(message)
        if message is None:
            over.set()

    for number in range(500):
        grace.say(str(number))
        if number == 250:
            ada.subscribe(note)
    grace.quit()
    server.stop()
    assert over.wait(PATIENCE)
    assert [message.text for message in heard if isinstance(message, Said)] == [str(n) for n in range(500)]
    assert heard[-1] is None


def test_lines_of_many_threads_stay_whole(serve, join):
    server = serve()
    ada, grace = join(server, "ada"), join(server, "grace")
    threads = [
        threading.Thread(target=lambda mark=mark: [ada.say(mark * 300) for _ in range(50)])
        for mark in "abcdefgh"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    heard = [grace.receive(PATIENCE) for _ in range(402)][2:]
    assert sorted(message.text for message in heard) == sorted(mark * 300 for mark in "abcdefgh" * 50)


def test_nobody_waits_for_ever(serve, join):
    ada = join(serve(), "ada")
    ada.receive(PATIENCE), ada.receive(PATIENCE)
    with pytest.raises(TimeoutError, match=r"ada heard nothing for 0\.01 seconds"):
        ada.receive(0.01)


def test_with_connects_and_quits(serve):
    server = serve()
    with ChatClient(*server.address, "ada") as ada:
        assert server.names == ("ada",)
    assert ada.state == "closed"


def test_a_client_connects_once_and_a_second_try_harms_nothing(serve, join):
    server = serve()
    ada, grace = join(server, "ada"), join(server, "grace")
    with pytest.raises(errors.CannotConnect, match="connected already"):
        ada.connect()
    ada.say("still here")
    while (message := grace.receive(PATIENCE)) != Said("ada", "still here"):
        assert message
    ada.quit()
    with pytest.raises(errors.CannotConnect, match="make another"):
        ada.connect()


def test_who_watches_takes_nothing_from_a_subscriber(serve, join):
    server, heard = serve(), []
    ada, grace = join(server, "ada"), join(server, "grace")
    grace.subscribe(heard.append)
    grace.watch(lambda: None)
    ada.say("hello")
    ada.quit()
    grace.quit()
    assert [message for message in heard if isinstance(message, Said)] == [Said("ada", "hello")]
    assert heard[-1] is None


def test_with_takes_a_client_that_is_connected_as_it_is(serve):
    server = serve()
    ada = ChatClient(*server.address, "ada").connect()
    with ada:
        assert server.names == ("ada",)
    assert ada.state == "closed"


def test_a_line_that_is_too_long_is_not_sent_and_the_conversation_goes_on(serve, join):
    server = serve()
    ada, grace = join(server, "ada"), join(server, "grace")
    with pytest.raises(errors.NotSent, match="4097 bytes, and a server takes 4096"):
        ada.say("x" * 4096)
    ada.say("y" * 4095)
    assert [grace.receive(PATIENCE) for _ in range(3)][2] == Said("ada", "y" * 4095)


def test_after_quitting_nothing_is_sent(serve, join):
    ada = join(serve(), "ada")
    ada.quit()
    with pytest.raises(errors.NotSent, match="ada is not in the room"):
        ada.say("hello?")


@pytest.mark.parametrize("goodbye", ["/quit", "/ quit", " /quit "])
def test_entering_quit_is_quitting(serve, join, goodbye):
    server = serve()
    ada, grace = join(server, "ada"), join(server, "grace")
    ada.say("last words")
    ada.enter(goodbye)
    assert (ada.state, ada.closed_because) == ("closed", None)
    assert [grace.receive(PATIENCE) for _ in range(4)][2:] == [Said("ada", "last words"), Left("ada")]


def test_quitting_twice_and_before_connecting_does_nothing(serve, join):
    ada = join(serve(), "ada")
    ada.quit()
    ada.quit()
    stranger = ChatClient("127.0.0.1", 1, "ada")
    stranger.quit()
    assert stranger.state == "closed"


@pytest.mark.parametrize("name", ["ada", "ADA"])
def test_a_taken_name_has_its_error(serve, join, name):
    server = serve()
    join(server, "ada")
    with pytest.raises(errors.NameTaken, match=f"did not let {name} in; it said: the name {name} is in use"):
        join(server, name)


@pytest.mark.parametrize("name", ["", "a b", "ada\nhello", "\u00e4", "x" * 25])
def test_a_bad_name_has_its_error(serve, join, name):
    server = serve()
    with pytest.raises(errors.NameRefused, match="1 to 24 ASCII letters or digits"):
        join(server, name)
    assert server.names == ()


def test_nobody_listens(join):
    port = free_port()
    client = ChatClient("127.0.0.1", port, "ada")
    with pytest.raises(errors.Refused, match=f"nothing listens at 127.0.0.1 port {port}; is the server"):
        client.connect()
    assert client.state == "closed"


@pytest.mark.parametrize(("host", "port"), [("no-such-host.invalid", 55555), ("x" * 300, 1), ("a..b", 1)])
def test_nowhere_to_connect_to(host, port):
    with pytest.raises(errors.Unreachable, match="cannot reach"):
        ChatClient(host, port, "ada").connect()


@pytest.mark.parametrize("port", [0, 70000, 1.5, "55555", None])
def test_a_port_that_does_not_exist(port):
    with pytest.raises(errors.Unreachable, match=f"a port is a number from 1 to 65535, not {port!r}"):
        ChatClient("127.0.0.1", port, "ada").connect()


def test_a_server_that_never_says_a_word():
    with (
        a_server_that(hears_the_end) as address,
        pytest.raises(errors.NotAChatServer, match=r"did not let ada in within 2 seconds"),
    ):
        ChatClient(*address, "ada", timeout=2).connect()


def test_who_is_let_in_at_the_moment_that_is_too_late_is_told_so(serve, monkeypatch, eventually):
    client = ChatClient(*serve().address, "ada", timeout=2)
    monkeypatch.setattr(client._settled, "wait", lambda _: eventually(lambda: client.state == "joined"))
    with pytest.raises(errors.NotAChatServer, match=r"did not let ada in within 2 seconds"):
        client.connect()
    assert client.state == "closed"
    client.quit()  # it returns when nothing is left of it


def test_a_server_that_prompts_without_a_newline():
    with (
        a_server_that(b"NICK", hears_the_end) as address,
        pytest.raises(errors.NotAChatServer, match="within 2 seconds"),
    ):
        ChatClient(*address, "ada", timeout=2).connect()


def test_a_server_that_hangs_up_on_the_name_in_its_own_words():
    with (
        a_server_that(b"Name?\n", hears_a_line, b"Nope.\n") as address,
        pytest.raises(errors.NameRefused, match=r"it said: Nope\."),
    ):
        ChatClient(*address, "ada").connect()


def test_a_full_room_is_not_the_name_s_fault():
    with (
        a_server_that(b"! the room is full\n") as address,
        pytest.raises(errors.ServerGone, match="it said: the room is full"),
    ):
        ChatClient(*address, "ada").connect()


ENDINGS = {
    "a goodbye": ((), errors.ServerGone, "ended the conversation"),
    "last words": (
        (b"! closing time\n",),
        errors.ServerGone,
        "ended the conversation; it said: closing time",
    ),
    "a reply, and more since": (
        (b"! here now: ada\n[grace] bye\n",),
        errors.ServerGone,
        "ended the conversation",
    ),
    "a reset": ((resets,), errors.ServerGone, "ended the conversation"),
    "half a line": ((b"[grace] hel",), errors.ServerGone, "ended the conversation"),
    "no chat line": (
        (b"HTTP/1.1 400\n", hears_the_end),
        errors.NotAChatServer,
        "'HTTP/1.1 400' is no chat line",
    ),
    "binary": ((bytes(range(256)) + b"\n", hears_the_end), errors.NotAChatServer, "is no chat line"),
    "a line without end": ((b"[grace] " + b"x" * 1_100_000,), errors.NotAChatServer, "has no end"),
}


@pytest.mark.parametrize(("does", "kind", "sentence"), ENDINGS.values(), ids=ENDINGS.keys())
def test_however_the_server_ends_it_the_client_says_how(does, kind, sentence):
    with a_server_that(*JOINED, *does) as address:
        client = ChatClient(*address, "ada").connect()
        while client.receive(PATIENCE) is not None:
            pass
        assert isinstance(client.closed_because, kind)
        assert sentence in str(client.closed_because)
        assert "here now" not in str(client.closed_because)
        with pytest.raises(kind):
            client.say("hello?")


def test_a_server_that_takes_no_more_lines_is_given_up():
    held = threading.Event()
    with a_server_that(*JOINED, lambda _sock: held.wait(PATIENCE)) as address:
        client = ChatClient(*address, "ada").connect()
        with pytest.raises(errors.ServerGone, match="takes no more lines"):
            client.say("\n".join(["x" * 4000] * 10_000))
        held.set()


def test_harmful_characters_are_cleaned_again(serve, join):
    with a_server_that(*JOINED, b"[grace] \x1b[2Jbell\x07\xe2\x80\xae\n", hears_the_end) as address:
        client = ChatClient(*address, "ada").connect()
        assert [client.receive(PATIENCE) for _ in range(3)][2] == Said("grace", "\ufffd[2Jbell\ufffd\ufffd")
        client.quit()


def test_of_names_without_end_a_bounded_part_is_noted(monkeypatch):
    monkeypatch.setattr("chatkit.conversation.MOST_OTHERS", 100)
    names = b"".join(b"* n%d has entered the room\n" % number for number in range(300))
    roster = b"* The room contains: " + b", ".join([b"y" * 5000] * 100) + b"\n"
    with a_server_that(*JOINED, names, roster, b"* zoe has entered the room\n", hears_the_end) as address:
        client = ChatClient(*address, "ada").connect()
        while client.receive(PATIENCE) != Joined("n299"):
            assert len(client.others) <= 100
        while client.receive(PATIENCE) != Joined("zoe"):
            pass
        assert client.others == ("y" * 200, "zoe")
        client.quit()


def test_rooms_of_other_servers_may_use_other_words():
    with a_server_that(b"hi\n", hears_a_line, b"* here: grace\n* grace left us\n", hears_the_end) as address:
        client = ChatClient(*address, "ada").connect()
        assert client.state == "joined"
        client.quit()


def test_a_server_without_a_goodbye_is_left_after_the_time_asked_for():
    held = threading.Event()
    with a_server_that(*JOINED, hears_the_end, lambda _sock: held.wait(PATIENCE)) as address:
        client = ChatClient(*address, "ada", timeout=2 * PATIENCE).connect()
        client.quit(timeout=0.01)  # the server holds its end open; `timeout` of the client would be too long
        assert (client.state, client.closed_because) == ("closed", None)
        held.set()


@pytest.mark.parametrize(
    ("ends", "is_answered"), [((hears_the_end,), True), ((hears_the_end, resets), False), ((), False)]
)
def test_who_quits_is_told_whether_the_server_said_goodbye(ends, is_answered):
    held = threading.Event()
    waits = () if ends else (lambda _sock: held.wait(PATIENCE),)
    with a_server_that(*JOINED, *ends, *waits) as address:
        client = ChatClient(*address, "ada").connect()
        client.say("did you read this?")
        assert client.quit(PATIENCE if ends else 0.01) == is_answered
        assert client.quit() == is_answered
        assert client.closed_because is None
        held.set()


def test_a_server_that_ended_it_first_has_not_said_goodbye_to_ours():
    """Its FIN may be that of a kernel whose server is dead; it tells nothing of what was read."""
    with a_server_that(*JOINED, hears_a_line) as address:
        client = ChatClient(*address, "ada").connect()
        client.say("did you read this?")
        assert [str(message) for message in client] == ["Name?", "* The room contains: grace"]
        assert not client.quit()


def interrupted(*_arguments):
    """What Ctrl-C does, or a notebook's stop button, to whoever waits."""
    raise KeyboardInterrupt


@pytest.mark.fault(33)
def test_an_interrupted_call_keeps_neither_a_thread_nor_a_place_in_the_room(
    serve, join, monkeypatch, nothing_left
):
    server = serve()
    ada = ChatClient(*server.address, "ada")
    monkeypatch.setattr(ada._settled, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ada.connect()
    ada._reader.join(PATIENCE)
    assert ada.state == "closed"
    join(server, "ada").quit()  # the name is free, so she is out


@pytest.mark.fault(33)
def test_an_interrupted_goodbye_closes_all_the_same(monkeypatch, nothing_left):
    held = threading.Event()
    with a_server_that(*JOINED, hears_the_end, lambda _sock: held.wait(PATIENCE)) as address:
        ada = ChatClient(*address, "ada").connect()
        monkeypatch.setattr(ada, "_wait_for_reader", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ada.quit()
        ada._reader.join(PATIENCE)
        assert ada.state == "closed"
        held.set()


def test_quitting_while_it_still_calls_is_told_and_keeps_no_socket(serve, monkeypatch, nothing_left):
    server, sockets = serve(), []
    ada = ChatClient(*server.address, "ada")

    def answered_late(*where):
        sockets.append(dial(*where))
        ada.quit()
        return sockets[0]

    monkeypatch.setattr("chatkit.client.dial", answered_late)
    with pytest.raises(errors.CannotConnect, match=r"ada quit before 127\.0\.0\.1 port \d+ let them in"):
        ada.connect()
    ada.quit()
    assert (ada.state, ada.closed_because, sockets[0].fileno()) == ("closed", None, -1)


def test_quitting_while_it_waits_to_be_let_in_is_told():
    named = threading.Event()
    with a_server_that(b"Name?\n", hears_a_line, lambda _sock: named.set(), hears_the_end) as address:
        ada = ChatClient(*address, "ada", timeout=PATIENCE)
        quitting = threading.Thread(target=lambda: named.wait(PATIENCE) and ada.quit())
        quitting.start()
        with pytest.raises(errors.CannotConnect, match="ada quit before"):
            ada.connect()
        quitting.join(PATIENCE)
        assert ada.closed_because is None


def test_quitting_does_not_wait_for_somebody_who_speaks_to_a_server_that_takes_nothing(eventually):
    held = threading.Event()
    with a_server_that(*JOINED, lambda _sock: held.wait(PATIENCE)) as address:
        ada = ChatClient(*address, "ada", timeout=20 * PATIENCE).connect()
        ended = []

        def speak():
            with pytest.raises(errors.ChatError) as error:
                ada.say("\n".join(["x" * 4000] * 10_000))
            ended.append(error.value)

        threads = [threading.Thread(target=speak), threading.Thread(target=ada.quit, args=(0,))]
        threads[0].start()
        eventually(lambda: not ada._writing.acquire(timeout=0.2) or ada._writing.release())
        threads[1].start()
        for thread in reversed(threads):
            thread.join(PATIENCE)
            assert not thread.is_alive()
        assert (ada.state, ada.closed_because, len(ended)) == ("closed", None, 1)
        held.set()


@pytest.mark.parametrize("error", [ValueError("oh"), BrokenPipeError("oh")])
def test_a_subscriber_that_fails_ends_it_and_is_shown(serve, join, monkeypatch, eventually, error):
    shown, heard = [], []
    monkeypatch.setattr("threading.excepthook", lambda what: shown.append(what.exc_value))
    server = serve()
    ada, grace = join(server, "ada"), join(server, "grace")

    def fail_at_words(message):
        heard.append(message)
        if isinstance(message, Said):
            raise error

    ada.subscribe(fail_at_words)
    grace.say("one")
    eventually(lambda: shown == [error])
    assert (ada.state, heard[-2:]) == ("closed", [Said("grace", "one"), None])
    with pytest.raises(errors.ChatError, match="a subscriber of ada's failed"):
        ada.say("hello?")
    eventually(lambda: server.names == ("grace",))


def test_a_subscriber_that_fails_at_the_end_keeps_no_socket(serve, join, monkeypatch, eventually):
    shown = []
    monkeypatch.setattr("threading.excepthook", lambda what: shown.append(what.exc_value))
    server = serve()
    ada = join(server, "ada")
    ada.subscribe(lambda message: {}[message] if message is None else None)
    server.stop()
    eventually(lambda: [type(error) for error in shown] == [KeyError])
    assert (ada.state, ada._socket.fileno()) == ("closed", -1)


def test_who_waits_to_receive_when_another_subscribes_waits_no_more(serve, join):
    ada = join(serve(), "ada")
    received = []
    waiting = threading.Thread(target=lambda: received.extend(ada), daemon=True)
    waiting.start()
    ada.subscribe(lambda message: None)
    waiting.join(PATIENCE)
    assert not waiting.is_alive()
    assert set(map(type, received)) <= {Prompt, Roster}


def test_who_quits_far_behind_hears_whole_lines_up_to_a_point_and_none_after(nothing_left, eventually):
    line = b"[grace] I owe mallory " + b"x" * 3800 + b"\n"
    dropped, taken = threading.Event(), threading.Event()
    does = (
        floods_until_the_goodbye(line * 50),
        line * 5000,  # more than the buffers in between hold
        lambda _sock: dropped.set() or taken.wait(PATIENCE),
        line * 500,
    )
    with a_server_that(*JOINED, *does) as address:
        ada = ChatClient(*address, "ada", timeout=PATIENCE).connect()
        quitting = threading.Thread(target=ada.quit)
        quitting.start()
        assert dropped.wait(PATIENCE)
        heard = []
        with suppress(TimeoutError):
            while True:
                heard.append(ada.receive(0))
        taken.set()
        assert list(ada) == []
        quitting.join(PATIENCE)
    assert {len(str(message)) for message in heard[2:]} == {len(line) - 1}
    assert ada.closed_because is None


def test_a_socket_is_given_back_by_its_reader_and_by_nobody_before(serve, join, monkeypatch, eventually):
    """The next socket gets its number: a reader that is late would take words out of that one."""
    may_go_on, is_busy = threading.Event(), threading.Event()

    def read_slowly(_length):
        is_busy.set()
        return may_go_on.wait(PATIENCE)

    server = serve()
    ada, grace = join(server, "ada"), join(server, "grace")
    monkeypatch.setattr(ada._hearing, "note", read_slowly)
    grace.say("hello")
    assert is_busy.wait(PATIENCE)
    number = ada._socket.fileno()
    ada.quit(0)
    with socket.socket() as another:
        assert another.fileno() != number
    may_go_on.set()
    eventually(lambda: ada._socket.fileno() == -1)
