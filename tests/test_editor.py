"""The line editor without a terminal: bytes in, keys out; keys in, a line out."""

import itertools

import pytest

from chatkit.cli.editor import Editor, columns
from chatkit.cli.keys import Key, Keys

# Every key with the bytes that terminals send for it.
SENT = {
    "\r": Key.ENTER,
    "\n": Key.ENTER,
    "\x7f": Key.BACKSPACE,
    "\x08": Key.BACKSPACE,
    "\x04": Key.LEAVE,
    "\x01": Key.HOME,
    "\x05": Key.END,
    "\x15": Key.CUT_TO_START,
    "\x0b": Key.CUT_TO_END,
    "\x17": Key.CUT_WORD,
    "\x1b[A": Key.UP,
    "\x1bOB": Key.DOWN,
    "\x1b[1;5C": Key.RIGHT,
    "\x1b[D": Key.LEFT,
    "\x1b[H": Key.HOME,
    "\x1b[1~": Key.HOME,
    "\x1b[F": Key.END,
    "\x1b[4~": Key.END,
    "\x1b[3~": Key.DELETE,
}
NOTHING = ["\x1b[15~", "\x1b[[A", "\x1bx", "\x1b[I", "\x1b[200~\x04\x01\x1b[A\x1b[201~", "\x00", "\x1c"]
MIXED = "é日\x1b[D\x1b[3~ä\x1b[200~a\tb\r\x15c\x1b[201~\r".encode()


def keys(data):
    return list(Keys().feed(data.encode()))


def typed(text, editor=None):
    """The editor after these bytes of a terminal."""
    editor = editor or Editor()
    for key in keys(text):
        editor.press(key)
    return editor


def lines(text):
    """What was entered."""
    editor = Editor()
    return [line for key in keys(text) if (line := editor.press(key)) is not None]


# Keys


@pytest.mark.parametrize(("data", "key"), SENT.items(), ids=repr)
def test_a_key_is_known_by_its_bytes(data, key):
    assert keys(f"a{data}b") == ["a", key, "b"]


@pytest.mark.parametrize("data", NOTHING, ids=repr)
def test_an_unknown_key_is_nothing_at_all(data):
    assert [key for key in keys(f"a{data}b") if key is not Key.HOME] == ["a", "b"]


def test_however_the_bytes_are_cut_the_keys_are_the_same():
    def entered(chunks):
        stream, editor = Keys(), Editor()
        return [
            line for chunk in chunks for key in stream.feed(chunk) if (line := editor.press(key)) is not None
        ]

    whole = ["éäa\tb", "c"]
    assert entered([MIXED]) == whole
    assert entered([bytes([byte]) for byte in MIXED]) == whole
    for cut in itertools.combinations(range(len(MIXED)), 2):
        assert entered([MIXED[: cut[0]], MIXED[cut[0] : cut[1]], MIXED[cut[1] :]]) == whole


def test_bytes_that_are_not_utf_8_end_no_conversation():
    assert "".join(Keys().feed(b"caf\xe9\xff!")) == "caf\ufffd\ufffd!"


def test_a_lone_escape_is_forgotten_when_nothing_follows():
    stream = Keys()
    assert list(stream.feed(b"\x1b")) == []
    assert stream.pending
    stream.give_up()
    assert list(stream.feed(b"[A")) == ["[A"]


# The line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("hello\r", "hello"),
        ("helo\x1b[Dl\r", "hello"),
        ("ello\x1b[Hh\x1b[F!\r", "hello!"),
        ("hellox\x7f\r", "hello"),
        ("\x7fxhello\x01\x1b[3~\r", "hello"),
        ("hellox\x1b[D\x04\r", "hello"),
        ("good bye  \x17\x17hello\r", "hello"),
        ("nonsense\x15hello\r", "hello"),
        ("hello, world\x01\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x0b\r", "hello"),
        ("cafe\u0301\x7f\x7f\x7f\x7fhello\r", "hello"),
        ("e\u0301x\x1b[D\x1b[Dhello\x0b\r", "hello"),
        ("hello\x1b[C\x1b[C\r", "hello"),
    ],
)
def test_a_line_is_what_it_looked_like(text, line):
    assert lines(text) == [line]


def test_what_is_pasted_is_entered_line_by_line_and_the_rest_stays():
    editor = Editor()
    entered = [line for key in keys("\x1b[200~one\r\ntwo\n\tthree\x1b[201~") if (line := editor.press(key))]
    assert (entered, editor.text) == (["one", "two"], "\tthree")


def test_nothing_that_moves_a_cursor_can_be_typed():
    assert typed("a\u202eb\u2028c\u009bd").text == "a\ufffdb\ufffdc\ufffdd"


def test_up_and_down_go_through_what_was_entered_and_come_back_to_what_was_not():
    editor = typed("one\rtwo\rtwo\r \rthr")
    seen = []
    for key in ["\x1b[A", "\x1b[A", "\x1b[A", "\x1b[B", "\x1b[B", "\x1b[B"]:
        seen.append(typed(key, editor).text)
    assert seen == ["two", "one", "one", "two", "thr", "thr"]
    assert typed("ee", editor).text == "three"


# The view


def test_a_line_that_fits_is_shown_whole():
    assert typed("hello\x1b[D").view(20) == ("hello", 4, False)


@pytest.mark.parametrize(
    "text", ["0123456789" * 9, "日本語" * 15, "a日e\u0301" * 12], ids=["narrow", "wide", "mixed"]
)
@pytest.mark.parametrize("room", [2, 3, 9, 20, 77])
def test_the_cursor_is_always_in_view(text, room):
    editor = typed(text)
    for key in ["\x1b[D"] * len(text) + ["\x1b[C"] * len(text) + ["\x01", "\x05", "\x17"]:
        view = typed(key, editor).view(room)
        assert 0 <= view.cursor < room
        assert columns(view.text) <= room
        assert view.scrolled == (view.cursor < columns(editor.text[: editor.cursor]))


def test_beside_the_cursor_there_is_something_to_see():
    editor = typed("0123456789" * 5 + "\x1b[D" * 25)
    assert editor.view(20).cursor >= 8


def test_wide_characters_take_two_columns_and_combining_marks_none():
    assert [columns(text) for text in ("abc", "日本", "e\u0301", "ｱ", "")] == [3, 4, 1, 1, 0]


def test_four_thousand_characters_are_drawn_at_once():
    editor = typed("x" * 4000)
    assert editor.view(78) == ("x" * 77, 77, True)
