"""Hostile names and hostile bytes: whatever somebody sends, the others hear whole, honest, harmless lines."""

import contextlib
import tracemalloc

import pytest
from ignorable import IGNORABLE, NEEDED

from chatkit import Limits

RULE = "1 to 24 ASCII letters or digits"

BAD_NAMES = {
    "empty": "",
    "a blank": " ",
    "blanks around": " ada ",
    "a blank inside": "ada lovelace",
    "25 letters": "a" * 25,
    "4,000 letters": "a" * 4000,
    "a tab": "ada\t",
    "a control character": "ada\x07",
    "an escape sequence": "\x1b[31mada",
    "a carriage return inside": "a\rda",
    "a bracket": "[ada]",
    "a star": "*",
    "a command": "/quit",
    "an accent": "zoé",
    "a wide letter": "\uff41da",
    "a Cyrillic look-alike": "\u0430da",
    "a dotless i, which has an ASCII capital": "l\u0131nus",
    "a Kelvin sign, which has an ASCII small letter": "\u212aay",
    "Arabic digits": "ada\u0663",
    "a zero-width space": "ada\u200b",
    "a zero-width joiner": "a\u200dda",
    "a bidi override": "\u202eada",
    "an invisible no-break space": "\ufeffada",
    "a line separator": "ada\u2028",
    "a nul": "ada\x00",
}

FIRST_LINES = {
    "HTTP GET": b"GET / HTTP/1.1\r\nHost: 127.0.0.1:55555\r\n\r\n",
    "HTTP POST": b"POST / HTTP/1.1\r\nContent-Type: text/plain\r\n\r\nada\r\nhello\r\n",
    "TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 2 + b"\n",
    "SSH": b"SSH-2.0-OpenSSH_9.7\r\n",
    "RDP": b"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00\n",
    "SMTP": b"EHLO example.org\r\n",
    "IRC": b"NICK ada\r\nUSER ada 0 * :ada\r\n",
    "telnet negotiation": b"\xff\xfd\x03\xff\xfb\x18ada\r\n",
}

BAD_UTF_8 = {
    "a lone continuation byte": b"\x80",
    "a lone start byte": b"\xc3",
    "a cut two-byte sequence": b"\xc3 ",
    "a cut three-byte sequence": b"\xe2\x82",
    "a cut four-byte sequence": b"\xf0\x9f\x98",
    "an overlong slash": b"\xc0\xaf",
    "an overlong nul": b"\xe0\x80\x80",
    "an overlong newline": b"\xc0\x8a",
    "a surrogate": b"\xed\xa0\x80",
    "a pair of surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
    "above U+10FFFF": b"\xf4\x90\x80\x80",
    "a five-byte sequence": b"\xf8\x88\x80\x80\x80",
    "fe and ff": b"\xfe\xff",
    "Latin-1": "café".encode("latin-1"),
    "UTF-16": "hello".encode("utf-16-le"),
    "telnet negotiation": b"\xff\xfb\x01\xff\xfd\x03",
}

LINE_BREAKS = {
    "vertical tab": "\v",
    "form feed": "\f",
    "carriage return": "\r",
    "two carriage returns": "\r\r",
    "file separator": "\x1c",
    "group separator": "\x1d",
    "record separator": "\x1e",
    "unit separator": "\x1f",
    "next line": "\x85",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "cursor up, clear": "\x1b[A\x1b[2K\r",
    "next line, by C1": "\x1bE",
    "reverse index": "\x8d",
    "backspaces": "\x08" * 20,
}

FORBIDDEN = [*range(9), *range(10, 32), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F)]
FORBIDDEN += [*range(0x2066, 0x206A)]
HIDING = sorted({*IGNORABLE} - {*FORBIDDEN} - NEEDED)


def is_refused(stranger, *words):
    stranger.hears_the_prompt()
    stranger.hears_an_error(*words)
    stranger.hears_the_end()


@pytest.mark.fault(13, 14)
@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_bad_name_gets_the_rule_in_words_and_the_end(serve, talk, name):
    stranger = talk(serve())
    stranger.says(BAD_NAMES[name])
    is_refused(stranger, RULE)


@pytest.mark.fault(13)
@pytest.mark.parametrize("name", ["ada", "ADA", "aDa"])
def test_a_name_in_use_is_refused_whatever_its_capitals(serve, talk, gather, name):
    server = serve()
    gather(server, "ada")
    stranger = talk(server)
    stranger.says(name)
    is_refused(stranger, name, "in use")


@pytest.mark.parametrize("name", ["a", "7", "A" * 24, "Grace1906"])
def test_a_name_of_1_to_24_letters_or_digits_is_let_in(serve, gather, talk, name):
    server = serve()
    (ada,) = gather(server, "ada")
    talk(server, name)
    ada.hears(f"* {name} has entered the room")


@pytest.mark.fault(13, 14)
def test_nobody_hears_of_those_who_are_refused(serve, talk, gather):
    server = serve()
    (ada,) = gather(server, "ada")
    for name in [*BAD_NAMES.values(), "ADA"]:
        stranger = talk(server)
        stranger.says(name)
        is_refused(stranger)
    talk(server, "grace")
    ada.hears("* grace has entered the room")


@pytest.mark.fault(42, 46)
@pytest.mark.parametrize("first", FIRST_LINES)
def test_other_protocols_are_turned_away_and_nobody_hears_of_them(serve, talk, gather, first):
    server = serve()
    (ada,) = gather(server, "ada")
    stranger = talk(server)
    stranger.sends(FIRST_LINES[first])
    is_refused(stranger, RULE)
    talk(server, "grace")
    ada.hears("* grace has entered the room")


@pytest.mark.fault(18)
@pytest.mark.parametrize("bad", BAD_UTF_8)
def test_bytes_that_are_not_utf_8_cost_nobody_a_seat_and_are_relayed_as_utf_8(serve, gather, bad):
    ada, grace = gather(serve(), "ada", "grace")
    ada.sends(b"<" + BAD_UTF_8[bad] + b">\nnext\n")
    *lines, _ = grace.hears_until("[ada] next")  # every line is decoded strictly
    assert len(lines) == 1
    assert lines[0].startswith("[ada] <")
    assert lines[0].endswith(">")
    assert "\ufffd" in lines[0]


@pytest.mark.fault(15)
@pytest.mark.parametrize("way", LINE_BREAKS)
def test_no_text_can_begin_a_new_line_in_another_name(serve, gather, way):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says(f"hi{LINE_BREAKS[way]}[linus] I owe ada money")
    heard = grace.hears_a_line()
    assert heard.startswith("[ada] hi\ufffd")
    assert heard.endswith("[linus] I owe ada money")
    assert len(heard.splitlines()) == 1
    assert not any(ord(character) in FORBIDDEN for character in heard)


@pytest.mark.fault(15)
@pytest.mark.parametrize(
    "forged", ["[linus] hi", "* linus has left the room", "! you are cut", "~ 2026 [a] b"]
)
def test_a_forged_prefix_stays_behind_the_senders_name(serve, gather, forged):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says(forged)
    grace.hears(f"[ada] {forged}")


@pytest.mark.fault(16)
def test_every_character_that_could_move_the_cursor_is_replaced(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    everything = [chr(code) for code in FORBIDDEN if code != 10]
    ada.says(*(f"<{character}>" for character in everything))
    grace.hears(*["[ada] <\ufffd>"] * len(everything))


@pytest.mark.fault(16)
def test_every_character_that_could_hide_text_is_replaced_and_the_joiners_stay(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says(*(f"<{chr(code)}>" for code in HIDING))
    grace.hears(*["[ada] <\ufffd>"] * len(HIDING))
    ada.says("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f469\u200d\U0001f467")
    grace.hears("[ada] \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f469\u200d\U0001f467")


def test_a_tab_is_plain_text(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says("one\ttwo")
    grace.hears("[ada] one\ttwo")


# Long lines


def test_the_longest_line_is_relayed_whole(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says("x" * 4095)
    grace.hears("[ada] " + "x" * 4095)


@pytest.mark.fault(21)
def test_an_over_long_line_gets_one_error_and_the_end(serve, gather):
    (ada,) = gather(serve(), "ada")
    ada.says("x" * 4096)
    ada.hears_an_error("4096 bytes")
    ada.hears_the_end()


@pytest.mark.fault(21)
def test_nothing_of_an_over_long_line_nor_after_it_is_relayed(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says("before", "x" * 4096, "after")
    grace.hears("[ada] before", "* ada has left the room (line too long)")
    grace.says("/who")
    grace.hears("! here now: grace")


def test_an_over_long_name_is_refused_before_its_end(serve, talk):
    stranger = talk(serve())
    stranger.sends(b"x" * 4096)
    is_refused(stranger, "4096 bytes")


@pytest.mark.fault(21)
def test_ten_megabytes_without_a_newline_take_no_memory_and_reach_nobody(serve, gather):
    ada, grace = gather(serve(limits=Limits(linger=0.1)), "ada", "grace")
    flood = b"x" * 10_000_000
    tracemalloc.start()
    with contextlib.suppress(ConnectionError):  # the server need not wait for the end of it
        ada.sends(flood)
    grace.hears("* ada has left the room (line too long)")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
