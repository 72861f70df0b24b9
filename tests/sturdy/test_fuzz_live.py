"""Any bytes, in any pieces, with any goodbye, against a live server: the others notice only what they may.

What they must hear of a guest is worked out here from docs/wire.md alone, without a line of chatkit's.
`CHATKIT_FUZZ=100000` makes it the nightly form.
"""

import os
import re
import socket
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

GUESTS = int(os.environ.get("CHATKIT_FUZZ", "2000")) // 2  # on each engine
HARMFUL = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)

NAMES = [b"zoe", b"ZOE", b"x" * 24, b"7", b"zoe\r"]
NO_NAMES = [b"ada", b"ADA", b"Grace", b"x" * 25, b"", b" zoe", b"/quit", b"\xff", b"GET / HTTP/1.1\r"]
COMMANDS = [b"/quit", b"/quit ", b"/who", b"/", b"//", b"//x", b"/help", b"  ", b"\t", b"\r", b"\r\r"]
TRICKS = [b"[ada] lies", b"* ada has left the room", b"! stop", b"\x1b[2J", b"\xe2\x80\xae", b"a\0b"]
LONG = [b"x" * 4093, b"x" * 4094 + b"\r", b"y" * 4095, b"z" * 4096, b"\xff" * 4095, b"w" * 9000]
texts = st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace"))
names = st.one_of(st.sampled_from(NAMES), st.sampled_from(NAMES + NO_NAMES), st.binary(max_size=30))
words = st.one_of(texts, st.binary(max_size=60), st.sampled_from(COMMANDS + TRICKS), st.sampled_from(LONG))
streams = st.builds(
    lambda name, lines, tail: b"\n".join([name, *lines, tail]),
    names,
    st.lists(words, max_size=6),
    st.one_of(st.just(b""), words),
)
cuts = st.lists(st.floats(0, 1), max_size=4)
goodbyes = st.sampled_from(["half-close", "half-close", "close", "reset"])


def must_be_heard(stream):
    """Return what the others hear of a guest who sends `stream` and then says goodbye in good order."""
    name, heard = None, []
    lines = stream.split(b"\n")
    for number, line in enumerate(lines, 1):
        if len(line) >= 4096:
            return heard + ([f"* {name} has left the room (line too long)"] if name else [])
        if number == len(lines):  # unfinished
            break
        text = HARMFUL.sub("\ufffd", line.removesuffix(b"\r").decode("utf-8", "replace"))
        if name is None:
            if not re.fullmatch("[A-Za-z0-9]{1,24}", text) or text.lower() in ("ada", "grace"):
                return heard
            name = text
            heard.append(f"* {name} has entered the room")
        elif text.startswith("/") and not text.startswith("//"):
            if text[1:].strip() == "quit":
                break
        elif text.removeprefix("/").strip():
            heard.append(f"[{name}] {text.removeprefix('/')}")
    return heard + ([f"* {name} has left the room"] if name else [])


def sends(guest, stream, cuts):
    edges = [0, *sorted(int(cut * len(stream)) for cut in cuts), len(stream)]
    with suppress(ConnectionError):  # it may have been sent away meanwhile
        for begin, end in pairwise(edges):
            guest.sends(stream[begin:end])


def goes(guest, goodbye):
    with suppress(ConnectionError):
        guest.socket.recv(1, socket.MSG_PEEK)  # it is at the door, and will be missed by the server
        if goodbye == "half-close":
            guest.half_closes()
            guest.hears_all()
        elif goodbye == "reset":
            return guest.resets()
    guest.leaves()


def is_the_beginning(heard, must):
    """Say whether all that was heard had to be, in that order, and then a goodbye of any kind."""
    if not heard:
        return True
    name = must[0].removesuffix(" has entered the room") if must else "nobody"
    return heard[:-1] == must[: len(heard) - 1] and heard[-1].startswith(f"{name} has left the room")


@pytest.mark.fault(4, 15, 16, 18, 20, 21)
@pytest.mark.timeout(700 + GUESTS / 10)
def test_whatever_anybody_sends_the_others_hear_what_they_must_and_nothing_else(
    serve, gather, talk, talkers, eventually
):
    server = serve()
    ada, grace = gather(server, "ada", "grace")

    @settings(max_examples=GUESTS, derandomize=True, database=None)
    @given(streams, cuts, goodbyes)
    def visit(stream, cuts, goodbye):
        guest = talk(server)
        talkers.remove(guest)
        sends(guest, stream, cuts)
        goes(guest, goodbye)
        eventually(lambda: len(server.outboxes) == 2)
        grace.says("gone")
        *heard, _ = ada.hears_until("[grace] gone")
        ada.says("yes")
        assert grace.hears_until("[ada] yes")[:-1] == heard
        must = must_be_heard(stream)
        # After a reset, what was on its way may be lost; a close with something unread is a reset.
        assert heard == must if goodbye == "half-close" else is_the_beginning(heard, must)

    visit()
