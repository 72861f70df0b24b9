"""The pieces of the terminal app that know no widget: words, widths, colours, places, figures."""

import json
import re
import sys
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from helm import NOON
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import chatkit
from chatkit.cli.answers import WrongAnswer, to_name
from chatkit.messages import Joined, Prompt, Remembered, Reply, Said
from chatkit.standing import Sent, Status
from chatkit.terminal import colours, counters, entries, places
from chatkit.terminal.before import BEGINS, ENDS, Before
from chatkit.terminal.inert import inert
from chatkit.terminal.mailbox import HELD, Mailbox
from chatkit.terminal.news import News
from chatkit.terminal.places import Place
from chatkit.terminal.recall import Completion, History
from chatkit.terminal.rows import KEPT, SLACK, Rows
from chatkit.terminal.wrapping import wrap

NAMES = ("grace", "Grover", "linus")
COMMANDS = ("who", "quit", "help")

# Nothing from the wire does anything


def test_every_code_point_is_shown_as_plain_visible_characters():
    """The 1,114,112 of them, one by one: what remains neither hides, nor joins, nor reorders."""
    hidden = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}
    for code in range(sys.maxunicode + 1):
        shown = inert(f"a{chr(code)}")
        assert not any(unicodedata.category(each) in hidden for each in shown), hex(code)
        is_mark = unicodedata.category(chr(code)) in ("Mn", "Me")
        assert is_mark or shown == "a" or cell_len(shown[1:]) > 0, hex(code)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x07bell", "\ufffd[2J\ufffdbell"),
        ("\u202egnp.exe", "\ufffdgnp.exe"),
        ("a\u200bb\u200dc\ufeff", "a\ufffdb\ufffdc\ufffd"),
        ("\u0301on top", "\ufffdon top"),
        ("Z" + "\u0301" * 9, "Z" + "\u0301" * 3 + "\ufffd" * 6),
        ("heart \u2764\ufe0f", "heart \u2764"),
        ("a\tb", "a   b"),
        ("[red]not markup[/red]", "[red]not markup[/red]"),
        ("\u65e5\u672c\u8a9e, caf\u00e9", "\u65e5\u672c\u8a9e, caf\u00e9"),
    ],
)
def test_inert(text, shown):
    assert inert(text) == shown


# Rows


@given(st.text(st.sampled_from("ab \u65e5\u0301")), st.integers(2, 20), st.integers(2, 20))
def test_no_row_is_wider_than_it_may_be_and_nothing_but_blanks_is_lost(text, first, rest):
    rows = wrap(text, first, rest)
    assert rows
    assert [
        row for row, room in zip(rows, [first] + [rest] * len(rows), strict=False) if cell_len(row) > room
    ] == []
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")


def test_words_stay_whole_where_they_fit():
    assert wrap("one two three", 7, 5) == ["one two", "three"]
    assert wrap("abcdefgh", 3, 4) == ["abc", "defg", "h"]
    assert wrap("", 5, 5) == [""]


def rows_of(*texts, width=40, stamps="off"):
    rows = Rows(stamps)
    rows.resize(width)
    rows.add([entries.heard(Said("grace", text), NOON) for text in texts])
    return rows


def drawn(rows):
    return ["".join(text for text, *_ in rows.draw(number)).rstrip() for number in range(len(rows))]


def test_a_text_that_goes_on_looks_like_nobodys_line():
    """Its further rows are indented beyond the names, whatever the text says."""
    rows = rows_of("x" * 31 + " linus: I owe you money", width=40)
    assert drawn(rows) == ["  grace: " + "x" * 31, "    linus: I owe you money"]


@pytest.mark.parametrize("name", ["\u6f22" * 20, "x" * 300, "x" * 24])
@pytest.mark.parametrize("width", [20, 40, 80])
def test_behind_a_name_however_wide_there_is_its_whole_text(name, width):
    rows = Rows("HH:MM")
    rows.resize(width)
    rows.add([entries.heard(Said(name, "0123456789" * 3), NOON)])
    first, *more = drawn(rows)
    assert max(map(cell_len, [first, *more])) <= width
    assert first.partition(": ")[2] + "".join(row.strip() for row in more) == "0123456789" * 3


def test_a_narrow_log_shortens_the_times():
    assert drawn(rows_of("hi", width=40, stamps="iso")) == ["12:01   grace: hi"]
    assert drawn(rows_of("hi")) == ["  grace: hi"]
    assert drawn(rows_of("hi", width=80, stamps="iso")) == ["2026-11-23T12:01:05+0000   grace: hi"]
    assert drawn(rows_of("hi", stamps="HH:MM")) == ["12:01   grace: hi"]


def test_the_marker_is_a_row_of_its_own_and_moves_what_follows():
    rows = rows_of("one", "two", "three")
    rows.mark(1)
    assert [line.strip("\u2500 ") for line in drawn(rows)] == [
        "grace: one",
        "new",
        "grace: two",
        "grace: three",
    ]
    rows.mark(None)
    assert len(rows) == 3


def test_memory_is_bounded_and_what_is_kept_is_the_newest():
    rows = rows_of()
    gone = 0
    for number in range(KEPT + 2 * SLACK):
        gone += rows.add([entries.heard(Said("grace", str(number)), NOON)])
    assert KEPT <= len(rows.entries) <= KEPT + SLACK
    assert rows.entries[-1].text == str(KEPT + 2 * SLACK - 1)
    assert gone + len(rows) == KEPT + 2 * SLACK


def test_days_and_marks():
    assert entries.day(NOON).text == "Monday, 2026-11-23"
    assert entries.heard(Prompt("who?"), NOON) is None
    assert entries.heard(Joined("grace"), NOON) == entries.notice("grace has entered the room", NOON)
    assert entries.heard(Reply("no"), NOON).kind == "reply"
    assert entries.typed("//x", "ada", NOON).text == "/x"
    assert entries.typed("/who", "ada", NOON).kind == "notice"


@pytest.mark.parametrize("when", ["2026-11-22T10:00:00Z", "yesterday", "9999-99-99", ""])
def test_a_remembered_line_with_any_time(when):
    entry = entries.heard(Remembered(when, "grace", "hi"), NOON)
    assert entry.kind == "before"
    assert entry.when in (datetime(2026, 11, 22, 10, tzinfo=UTC), NOON)


# What a session tells


def remembered(*texts):
    return [Remembered("2026-11-22T10:00:00Z", "grace", text) for text in texts]


def told(news, *events):
    return [entry.text for event in events for entry in news.entries(event)]


def test_what_is_from_before_is_set_apart_and_never_shown_twice():
    news = News(lambda: NOON)
    news.begin("ada")
    ok = Said("grace", "ok")
    first = told(news, Status("joined"), *remembered("one", "two"), ok, ok)
    assert first == [BEGINS, "one", "two", ENDS, "ok", "ok"]
    told(news, Sent("mine"), Status("waiting", "gone"))
    again = [*remembered("two", "ok", "ok", "ok"), Remembered("2026-11-22T10:00:00Z", "ada", "mine")]
    assert told(news, Status("joined"), *again, Said("grace", "now")) == [
        "you are back in the room", BEGINS, "ok", ENDS, "now",
    ]  # fmt: skip


def test_a_line_that_is_said_again_says_so():
    assert "again" in told(News(lambda: NOON), Sent("x", again=True))[0]


def test_whether_one_is_recorded_is_read_from_the_servers_words():
    news = News(lambda: NOON)
    news.entries(Reply("this room remembers what you say; /record off stops that"))
    assert news.recorded is True
    news.entries(Reply("this room remembers, but not what you say; /record on lets it"))
    assert news.recorded is False
    news.entries(Reply("here now: ada"))
    assert news.recorded is False


def test_before_counts_how_often_a_line_was_seen():
    before = Before()
    one = entries.heard(Said("grace", "ok"), NOON)
    before.arrange(one)
    before.connect()
    kept = entries.heard(*remembered("ok"), NOON)
    assert before.arrange(kept) == []
    assert before.arrange(kept)[-1] is kept


def test_a_mailbox_rings_once_and_holds_no_more_than_it_may():
    rings = []
    mailbox = Mailbox(lambda: rings.append(1))
    said = [Said("grace", str(number)) for number in range(HELD + 5)]
    for message in said:
        mailbox.put(message)
    assert rings == [1]
    assert mailbox.lost() == 5
    assert mailbox.take(2) == said[5:7]
    assert len(mailbox.take(HELD)) == HELD - 2
    assert mailbox.take(1) == []
    mailbox.put(said[0])
    assert rings == [1, 1]
    assert mailbox.lost() == 0


def test_a_flood_drops_nothing_that_is_ones_own():
    mailbox = Mailbox(lambda: None)
    own = [Sent("mine"), Status("waiting", "gone")]
    mailbox.put(Said("grace", "first"))
    for event in own:
        mailbox.put(event)
    for number in range(HELD):
        mailbox.put(Said("grace", str(number)))
    assert mailbox.take(3) == [*own, Said("grace", "0")]


# What comes into the line


def test_up_and_down_bring_earlier_lines_and_the_draft_again():
    history = History()
    for line in ("one", "two", "two", "  "):
        history.add(line)
    assert history.move(-1, "draft") == "two"
    assert history.move(-1, "two") == "one"
    assert history.move(-1, "one") is None
    assert history.move(1, "one") == "two"
    assert history.move(1, "two") == "draft"
    assert history.move(1, "draft") is None


@pytest.mark.parametrize(
    ("before", "completed"),
    [
        ("li", "linus: "),
        ("LI", "linus: "),
        ("ask li", "ask linus "),
        ("/q", "/quit "),
        ("say /q", None),
        ("//q", None),
        ("x", None),
    ],
)
def test_tab_completes(before, completed):
    assert Completion().complete(before, NAMES, COMMANDS) == completed


def test_tab_again_gives_the_next_one_and_then_the_first():
    completion = Completion()
    given = ["gr"]
    for _ in range(3):
        given.append(completion.complete(given[-1], NAMES, COMMANDS))
    assert given[1:] == ["grace: ", "Grover: ", "grace: "]


# Colours


def test_the_colours_are_those_of_the_panes():
    css = (Path(chatkit.__file__).parent / "panes/colours.css").read_text(encoding="utf-8")
    light, dark = css.split("[data-jp-theme-light", 1)
    for rule, ours in ((light, colours.LIGHT), (dark, colours.DARK)):
        assert tuple(re.findall(r"--ck-\d: (#\w+)", rule)) == ours


def test_a_name_keeps_its_colour_in_any_mix_of_capitals():
    assert colours.number("Ada") == colours.number("ada")
    assert len({colours.number(name) for name in ("ada", "grace", "linus", "bob", "eve", "zoe", "max")}) > 3
    assert all(colours.of_name(name, dark).bold for name in NAMES for dark in (True, False))


# Where one was last


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "chatkit" / "last.json"


def test_a_place_is_kept_and_let_go(config):
    assert places.last() is None
    places.remember(Place("::1", 5000, "ada"))
    assert places.last() == Place("::1", 5000, "ada")
    assert places.last().where == "[::1]:5000"
    places.forget()
    assert not config.exists()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"x"', "null", json.dumps({"host": 5, "port": "x", "name": "a b"}), "\x00"]
)
def test_a_file_that_makes_no_sense_is_as_if_it_were_not_there(config, text):
    config.parent.mkdir()
    config.write_text(text)
    assert places.last() is None


def test_a_folder_that_cannot_be_written_keeps_nobody_out(config):
    config.parent.write_text("a file where the folder should be")
    places.remember(Place("127.0.0.1", 5000, "ada"))
    places.forget()
    assert places.last() is None


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        (("127.0.0.1", "5000", "ada"), None),
        (("", "5000", "ada"), "host"),
        (("a b", "5000", "ada"), "host"),
        (("::1", "0", "ada"), "port"),
        (("::1", "70000", "ada"), "port"),
        (("::1", "5000", "a-da"), "name"),
    ],
)
def test_answers_are_checked(answers, field):
    found = places.wrong(*answers)
    assert (found[0] if found else None) == field


def test_the_form_takes_the_names_that_the_room_takes():
    for name in ("", "ada", "x" * 25, "\u00e4"):
        try:
            to_name(name)
        except WrongAnswer:
            assert places.wrong("::1", "1", name)
        else:
            assert not places.wrong("::1", "1", name)


# Figures


def test_durations_and_amounts():
    assert [counters.duration(s) for s in (-1, 0, 59.9, 185, 7620, 100800)] == [
        "0 s", "0 s", "59 s", "3 m 05 s", "2 h 07 m", "1 d 04 h",
    ]  # fmt: skip
    assert [counters.amount(n) for n in (0, 999, 1200, 3_400_000, 5 * 10**12)] == [
        "0 B", "999 B", "1.2 kB", "3.4 MB", "5000.0 GB",
    ]  # fmt: skip


def test_a_day_begins_only_where_it_changes():
    before = NOON - timedelta(days=1)
    assert entries.day(before).text.startswith("Sunday")
