"""Messages: each is one line and comes back as itself; any bytes decode; no character does harm."""

import sys
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ignorable import IGNORABLE, NEEDED

from chatkit.errors import BadLine
from chatkit.messages import (
    Command,
    Joined,
    Left,
    Lost,
    Message,
    Notice,
    Remembered,
    Reply,
    Roster,
    Said,
    Say,
    clean,
    decode_client,
    decode_server,
    decode_text,
    encode,
)

WIRE = {
    "[grace] hello there": Said("grace", "hello there"),
    "[grace] [ada] not me": Said("grace", "[ada] not me"),
    "* ada has entered the room": Joined("ada"),
    "* ada has left the room": Left("ada"),
    "* ada has left the room (too slow)": Lost("ada", "too slow"),
    "* The room contains: ": Roster(""),
    "* The room contains: ada, grace": Roster("ada, grace"),
    "* the moon is up": Notice("the moon is up"),
    "! no such command": Reply("no such command"),
    "~ 2026-11-22T12:01:05Z [ada] hello": Remembered("2026-11-22T12:01:05Z", "ada", "hello"),
}
names = st.from_regex(r"[A-Za-z0-9]{1,24}", fullmatch=True)
texts = st.text().map(clean)
messages = st.one_of(
    st.builds(Said, names, texts),
    st.builds(Joined, names),
    st.builds(Left, names),
    st.builds(Lost, names, st.sampled_from(["too slow", "connection lost"])),
    st.builds(Roster, st.lists(names).map(", ".join)),
    st.builds(Reply, texts),
    st.builds(Remembered, st.just("2026-11-22T12:01:05Z"), names, texts),
)


@pytest.mark.parametrize(("line", "message"), WIRE.items())
def test_each_line_of_the_wire_has_its_message_and_back(line, message):
    assert str(message) == line
    assert encode(message) == line.encode() + b"\n"
    assert decode_server(line.encode()) == message


@given(messages)
def test_what_is_encoded_decodes_to_itself(message):
    assert decode_server(encode(message)[:-1]) == message


@pytest.mark.parametrize("line", ["[bob]", "[bob]hi", "*bob left", "!oops", "* The room contains:"])
def test_other_servers_may_leave_out_the_blank(line):
    assert decode_server(line.encode())


@given(st.binary())
def test_any_bytes_from_a_server_are_a_message_or_one_named_error(line):
    with suppress(BadLine):
        assert isinstance(decode_server(line), Message)


@pytest.mark.parametrize("line", [b"", b"hello", b"HTTP/1.1 400 Bad Request", b"\xff\xfe", b"{}", b" * hi"])
def test_a_line_no_chat_server_sends_is_called_so(line):
    with pytest.raises(BadLine, match="no chat line"):
        decode_server(line)


@given(st.binary())
def test_any_bytes_from_a_client_are_a_message(line):
    assert isinstance(decode_client(line), Say | Command)


@given(st.text())
def test_what_is_said_is_heard_and_is_never_a_command(text):
    assert decode_client(encode(Say(text))[:-1]) == Say(clean(text).encode("utf-8", "replace").decode())


def test_a_slash_makes_a_command_and_two_say_one():
    assert decode_client(b"/who ") == Command("who")
    assert decode_client(b"//who") == Say("/who")


@pytest.mark.fault(18)
def test_what_is_not_utf8_becomes_the_replacement_character():
    for bad in (b"\x80", b"\xc3", b"\xc3(", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc0\xaf", b"\xff\xfe"):
        text = decode_text(b"caf" + bad + b"!")
        assert text.startswith("caf\ufffd")
        assert text.endswith("!")


@pytest.mark.fault(16)
def test_no_character_moves_the_cursor_begins_a_line_turns_or_hides_the_text():
    """All code points: controls but tab, LS, PS, the 12 bidi controls, and what has no width or no shape."""
    bidi_controls = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    bidi_marks = {"\u061c", "\u200e", "\u200f"}
    without_shape = set(map(chr, set(IGNORABLE) - NEEDED))
    for character in map(chr, range(sys.maxunicode + 1)):
        harmful = (
            (unicodedata.category(character) in ("Cc", "Zl", "Zp") and character != "\t")
            or unicodedata.bidirectional(character) in bidi_controls
            or character in bidi_marks
            or character in without_shape
        )
        assert (clean(character) == "\ufffd" != character) == harmful, hex(ord(character))


@pytest.mark.fault(15, 16)
@given(st.text())
def test_a_message_is_one_line_whatever_it_holds(text):
    line = encode(Said("ada", text)).decode("utf-8", "strict")
    assert line.endswith("\n")
    assert len(line.splitlines()) == 1
