"""A pane before a hostile or dying server: it says what happened, by and by, and stays usable."""

import json
from types import SimpleNamespace

import pytest
from impostor import JOINED, a_server_that, floods_until_the_goodbye, hears_the_end, resets

from chatkit.lab.transcript import Row
from chatkit.messages import clean
from chatkit.panes.pane import _newest

ESCAPES = "\x1b]0;title\x07\x1b[2J\x9b31m\u202eolleh\u2028*new\x00\b\r</script><img src=x>".encode()
NAMES = ", ".join(f"guest{number}" for number in range(60_000)).encode()
DYING = {
    "garbage": (b"\x00\xff" * 500_000, b"\n"),
    "a line without an end": (b"x" * 2_000_000,),
    "a reset": (resets,),
    "a goodbye in a character": (b"[grace] caf\xc3",),
    "escapes in everything": (b"! %b\n* %b\n[%b] %b\n" % ((ESCAPES,) * 4),),
    "ten thousand lines": (b"[grace] hello\n" * 10_000,),
    "a room of sixty thousand": (b"* The room contains: " + NAMES + b"\n",),
}


@pytest.mark.fault(16, 17)
@pytest.mark.parametrize("kind", DYING)
def test_however_the_server_ends_the_pane_says_so_and_shows_nothing_harmful(sit, eventually, kind):
    with a_server_that(*JOINED, *DYING[kind]) as address:
        ada = sit(SimpleNamespace(address=address), "ada")
        eventually(lambda: ada.person.status == "trouble")
        eventually(lambda: ada.sent and ada.sent[-1]["status"] == "trouble")
    assert ada.text.splitlines()[-1].startswith("-- 127.0.0.1 port")
    assert all(clean(line) == line for line in ada.text.split("\n"))
    assert len(ada.person.rows) <= 500


@pytest.mark.fault(44)
def test_a_flood_is_told_to_the_views_by_and_by_and_can_be_left(sit, eventually):
    with a_server_that(*JOINED, floods_until_the_goodbye(b"[grace] hello\n" * 100)) as address:
        ada = sit(SimpleNamespace(address=address), "ada")
        eventually(lambda: len(ada.person.rows) == 500)
        before = len(ada.sent)
        ada.leave()
        assert ada.person.status in ("left", "trouble")
        assert len(ada.sent) - before < 60  # ten a second, while it leaves
    assert max(len(json.dumps(message)) for message in ada.sent) < 100_000


@pytest.mark.fault(44)
def test_of_a_flood_of_long_lines_the_views_are_told_what_a_page_can_take(sit, replay, eventually):
    lines = b"".join(b"[grace] %b %d\n" % ("\u6f22".encode() * 3000, number) for number in range(300))
    with a_server_that(*JOINED, lines, hears_the_end) as address:
        ada = sit(SimpleNamespace(address=address), "ada")
        eventually(lambda: ada.person.rows and ada.person.rows[-1].words.endswith(" 299"))
        everything = replay(ada)
        assert [row[3][-4:] for row in everything["rows"]][-2:] == [" 298", " 299"]
        assert max(sum(len(row[3]) for row in message["rows"]) for message in ada.sent) <= 60_000
        ada.leave()


def test_a_row_that_is_longer_than_all_that_is_sent_at_once_is_sent_alone():
    rows = [Row(number, "said", "grace", "x" * 100_000, "") for number in range(3)]
    assert _newest(rows) == rows[-1:]
    assert _newest([]) == []


def test_of_a_room_of_sixty_thousand_the_views_are_told_a_hundred_and_how_many_more(sit, eventually):
    roster = b"* The room contains: " + NAMES + b"\n"
    with a_server_that(*JOINED, roster, b"[grace] hello\n" * 1000, hears_the_end) as address:
        ada = sit(SimpleNamespace(address=address), "ada")
        eventually(lambda: any("hello" in row for message in ada.sent for row in message["rows"]))
        assert ada.sent[-1]["others"] == [*(f"guest{number}" for number in range(100)), "59,900 more"]
        assert max(len(json.dumps(message)) for message in ada.sent) < 100_000
        ada.leave()
