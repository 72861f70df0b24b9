"""A hostile or dying server: the client says what happened, in bounded time and memory, and never more."""

import random
import socket
import threading
import tracemalloc

import pytest
from impostor import JOINED, a_server_that, dribbles, floods, hears_a_line, hears_the_end, resets
from talker import PATIENCE

from chatkit import ChatClient
from chatkit.errors import CannotConnect, ChatError, NameRefused, NotAChatServer, NotSent, ServerGone
from chatkit.lab.wire import Wire
from chatkit.messages import Said, clean

ESCAPES = "\x1b]0;title\x07\x1b[2J\x9b31m\u202eolleh\u2028*new\x00\b\b\r"
GARBAGE = (
    random.Random(6).randbytes(10_000_000).replace(b"\n*", b"\n-")
)  # with a star, it might let somebody in

NEVER_IN = {
    "a prompt that never comes": (hears_the_end,),
    "a prompt without an end": (b"Name? ", hears_the_end),
    "a prompt that dribbles": (dribbles(b"What shall I call you?" * 1000),),
    "a name that is never answered": (b"Name?\n", hears_the_end),
    "an endless prompt": (floods(b"x" * 65536),),
    "garbage instead of a prompt": (GARBAGE,),
    "prompts without end": (floods(b"Name?\n"),),
    "a web server": (b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n",),
    "a goodbye at once": (),
    "a reset at once": (resets,),
    "a reset after half a prompt": (b"Na", resets),
    "a goodbye after the prompt": (b"Name?\n",),
    "a reset after the prompt": (b"Name?\n", resets),
    "a goodbye after the name": (b"Name?\n", hears_a_line),
    "a reset after the name": (b"Name?\n", hears_a_line, resets),
    "a reset in the roster": (b"Name?\n", hears_a_line, b"* The room con", resets),
    "escapes in the refusal": (b"Name?\n", hears_a_line, f"! {ESCAPES}\n".encode()),
    "a refusal without an end": (b"Name?\n", hears_a_line, floods(b"! no " * 10_000)),
    "refusals without end": (b"Name?\n", hears_a_line, floods(b"! no\n" * 10_000)),
}


@pytest.mark.parametrize("kind", NEVER_IN)
def test_whoever_is_not_let_in_is_told_why_in_time_and_in_one_harmless_sentence(kind, nothing_left):
    with a_server_that(*NEVER_IN[kind]) as address:
        ada = ChatClient(*address, "ada", timeout=0.3)
        with pytest.raises((CannotConnect, NotAChatServer, NameRefused, ServerGone)) as caught:
            ada.connect()
        assert ada.state == "closed"
        ada.quit()
    assert clean(str(caught.value)) == str(caught.value)
    assert len(str(caught.value)) < 500


ENDS = {
    "garbage": (GARBAGE,),
    "a line without an end": (floods(b"x" * 65536),),
    "a blank line": (b"\n",),
    "a reset": (resets,),
    "a reset in a line": (b"[grace] hel", resets),
    "a goodbye in a character": (b"[grace] caf\xc3",),
    "last words with escapes": (f"! {ESCAPES}\n".encode(),),
    "last words without an end": (floods(b"! bye " * 10_000),),
    "last words of a megabyte": (b"! " + b"bye " * 250_000 + b"\n",),
}


def test_who_comes_and_goes_by_the_hundred_thousand_is_known_at_the_end(nothing_left):
    """Each of them must not cost a copy of all the others: that was a minute of a core."""
    come = b"".join(b"* g%d has entered the room\n" % number for number in range(100_000))
    go = b"".join(b"* g%d has left the room\n" % number for number in range(99_999))
    with a_server_that(*JOINED, come, go) as address, ChatClient(*address, "ada") as ada:
        assert sum(1 for _ in ada) == 2 + 199_999
        assert ada.others == ("grace", "g99999")


@pytest.mark.parametrize("kind", ENDS)
def test_however_it_ends_it_is_told_once_in_one_harmless_sentence(kind, nothing_left):
    with a_server_that(*JOINED, b"[grace] hello\n", hears_a_line, *ENDS[kind]) as address:
        ada = ChatClient(*address, "ada").connect()
        assert [ada.receive(PATIENCE) for _ in range(3)][2] == Said("grace", "hello")
        ada.say("hello, grace")  # a reset takes along what has not been read
        for _ in ada:
            pass
        assert isinstance(ada.closed_because, NotAChatServer | ServerGone)
        assert clean(str(ada.closed_because)) == str(ada.closed_because)
        assert len(str(ada.closed_because)) < 500
        with pytest.raises(ChatError):
            ada.say("hello?")
        ada.quit()


def test_ten_thousand_lines_at_once_are_all_heard_in_order(nothing_left):
    lines = b"".join(b"[grace] %d\n" % number for number in range(10_000))
    with a_server_that(*JOINED, lines) as address, ChatClient(*address, "ada") as ada:
        said = [message.text for message in ada if isinstance(message, Said)]
    assert said == [str(number) for number in range(10_000)]


@pytest.mark.fault(16, 18)
@pytest.mark.parametrize("bad", [ESCAPES.encode(), b"\xff\xfe\xc3\xe2\x82\xf0\x9f\xed\xa0\x80"])
def test_nothing_harmful_passes_the_client_whatever_kind_of_line_it_is_in(bad, nothing_left):
    forms = [b"[%b] %b", b"* %b has entered the room", b"* %b has left the room", b"* The room contains: %b"]
    forms += [b"* x has left the room (%b)", b"* %b", b"! %b", b"~ %b [x] y", b"~ 2026 [%b] %b"]
    lines = b"".join(form.replace(b"%b", bad.replace(b"\n", b"")) + b"\n" for form in forms)
    server = a_server_that(bad + b"\n", hears_a_line, b"* The room contains: " + bad + b"\n", lines)
    with server as address, ChatClient(*address, "ada") as ada:
        heard = list(ada)
    assert len(heard) == 2 + len(forms)
    for text in [*map(str, heard), *ada.others]:
        assert clean(text) == text
        assert text.encode("utf-8", "strict").isascii() or "\ufffd" in text


def test_a_room_of_a_hundred_thousand_is_known_whole(nothing_left):
    names = [f"g{number}" for number in range(100_000)]
    roster = f"* The room contains: {', '.join(names)}\n".encode()
    server = a_server_that(b"Name?\n", hears_a_line, roster, hears_the_end)
    with server as address, ChatClient(*address, "ada") as ada:
        assert list(ada.others) == names


FLOODS = {
    "short lines": b"[grace] x\n" * 5000,
    "long lines": b"[grace] " + b"x" * 60_000 + b"\n",
    "the shortest lines": b"*\n" * 30_000,
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_that_nobody_receives_takes_no_memory_and_can_be_left(flood, nothing_left):
    with a_server_that(*JOINED, floods(FLOODS[flood])) as address:
        tracemalloc.start()
        ada = ChatClient(*address, "ada").connect()
        threading.Event().wait(0.5)  # for the flood to come as far as it can
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        ada.quit(timeout=0.1)
    assert (ada.state, ada.closed_because) == ("closed", None)
    assert peak < 150_000_000


def test_a_flood_is_heard_whole_by_whoever_takes_its_time(nothing_left, eventually):
    lines = [b"[grace] %d %b\n" % (number, b"x" * 1000) for number in range(20_000)]
    sent = threading.Event()
    with a_server_that(*JOINED, b"".join(lines), lambda _sock: sent.set()) as address:
        ada = ChatClient(*address, "ada").connect()
        assert not sent.wait(0.3)  # 20 MB are more than is read ahead
        assert sum(isinstance(message, Said) for message in ada) == 20_000
        ada.quit()


def test_a_subscriber_may_hear_a_flood_and_quit_in_it(nothing_left, eventually):
    heard = []
    with a_server_that(*JOINED, floods(b"[grace] hello\n" * 100)) as address:
        ada = ChatClient(*address, "ada").connect()
        ada.subscribe(heard.append)
        eventually(lambda: len(heard) > 1000)
        ada.quit(timeout=0.1)
    assert heard[-1] is None
    assert None not in heard[:-1]


def test_a_server_that_sends_but_never_reads_does_not_hold_up_who_speaks(nothing_left):
    with a_server_that(*JOINED, floods(b"[grace] x\n" * 100)) as address:
        ada = ChatClient(*address, "ada").connect()
        with pytest.raises(ServerGone, match="takes no more lines"):
            ada.say("\n".join(["x" * 4000] * 10_000))
        ada.quit()


SILENCE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4, "TCP_USER_TIMEOUT": 60_000}


@pytest.mark.fault(5)
def test_a_server_gone_silent_is_left_in_time(serve, nothing_left):
    with Wire(serve().address) as wire:
        ada = ChatClient(*wire.address, "ada").connect()
        wire.go_silent()
        ada.say("is anybody there?")
        ada.quit(timeout=0.3)
        assert (ada.state, ada.closed_because) == ("closed", None)


@pytest.mark.fault(5)
@pytest.mark.parametrize("option", SILENCE)
def test_our_own_client_notices_a_silent_death_as_the_server_does(serve, option):
    if not hasattr(socket, option):
        pytest.skip(f"this system has no {option}")
    with ChatClient(*serve().address, "ada") as ada:
        assert ada._socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert ada._socket.getsockopt(socket.IPPROTO_TCP, getattr(socket, option)) == SILENCE[option]


def test_a_subscriber_may_quit_and_hears_nothing_after_the_end(nothing_left):
    heard, over = [], threading.Event()
    with a_server_that(*JOINED, b"[grace] one\n[grace] two\n" * 1000, hears_the_end) as address:
        ada = ChatClient(*address, "ada").connect()

        def hear(message):
            heard.append(message)
            if message == Said("grace", "one"):
                ada.quit()
                over.set()

        ada.subscribe(hear)
        assert over.wait(PATIENCE)
        ada.quit()
    assert heard[-2:] == [Said("grace", "one"), None]


def test_quitting_from_many_threads_in_a_flood_is_quitting_once(nothing_left):
    ends = []
    with a_server_that(*JOINED, floods(b"[grace] hello\n" * 100)) as address:
        ada = ChatClient(*address, "ada").connect()
        ada.subscribe(lambda message: ends.append(message) if message is None else None)
        threads = [threading.Thread(target=ada.quit, args=(0.1,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()
    assert ends == [None]
    with pytest.raises(NotSent):
        ada.say("late")
