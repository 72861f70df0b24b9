"""Reading a history: lists, searches, forms, and the command; nothing that reads can write."""

import csv
import hashlib
import io
import json
import os
import time
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from program import ENVIRONMENT, Person, run
from talker import PATIENCE

from chatkit.history import Archive, Chart, HistoryError
from chatkit.history.stats import shares
from chatkit.history.times import to_age, to_moment

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SAID = [
    (0, "ada", "Good morning, caf\u00e9!"),
    (1, "grace", "good night; pull the plug"),
    (2, "Ada", "the plug is pulled"),
    (26, "linus", "<script>alert('x')</script> & \"so\""),
    (27, "ada", '=HYPERLINK("http://x")'),
    (28, "grace", "../../etc/passwd'; DROP TABLE lines; --"),
]


@pytest.fixture
def said(remember, monkeypatch):
    """The lines of SAID are in the file; the first number is in hours after noon."""
    history = remember()
    for hours, name, text in SAID:
        monkeypatch.setattr(time, "time", lambda hours=hours: NOON.timestamp() + hours * 3600)
        history.record([(name, text)])
    monkeypatch.undo()
    history.close()


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [0, 1, 2, 3, 4, 5]),
        ({"by": ["ADA"]}, [0, 2, 4]),
        ({"by": ["ada", "linus"], "last": 2}, [3, 4]),
        ({"since": NOON + timedelta(hours=2)}, [2, 3, 4, 5]),
        ({"until": NOON + timedelta(hours=2)}, [0, 1]),
        ({"words": ["good"]}, [0, 1]),
        ({"words": ["cafe"]}, [0]),
        ({"words": ["PLUG", "the"]}, [1, 2]),
        ({"words": ["pull the plug"]}, [1]),
        ({"words": ["pull*"]}, [1, 2]),
        ({"words": ["pull"], "by": ["ada"]}, []),
        ({"words": ["plug"], "last": 1}, [2]),
        ({"words": ['"'], "by": ["ada"]}, []),
        ({"words": ["NOT good OR ("]}, []),
        ({"words": ["'; DROP TABLE"]}, [5]),
        ({"last": 100}, [0, 1, 2, 3, 4, 5]),
        ({"last": 0}, []),
    ],
)
def test_what_is_wanted_is_found(said, read, wanted, numbers):
    assert read(**wanted) == [SAID[number][1:] for number in numbers]


def test_long_histories_come_whole_from_both_ends(remember, read):
    lines = [("ada", f"line {n}") for n in range(3500)]
    remember().record(lines)
    assert read() == lines
    assert read(last=2100) == lines[-2100:]
    assert read(words=["line 3*"]) == [line for line in lines if line[1].startswith("line 3")]


def test_it_is_read_while_the_server_writes(remember, read, path):
    history = remember()
    history.record([("ada", "1")])
    with Archive(path) as archive:
        assert len(list(archive.lines())) == 1
        history.record([("ada", "2")])
        assert len(list(archive.lines())) == 2


def test_reading_changes_no_byte_and_cannot(chatkit, said, read, path):
    def state():
        return hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mtime_ns

    before = state()
    read(words=["good"])
    assert chatkit("history", path, "--stats").returncode == 0
    assert state() == before
    with Archive(path) as archive, pytest.raises(Exception, match="readonly"):
        archive._db.execute("DELETE FROM lines")


def test_what_another_program_wrote_is_cleaned(remember, read):
    remember().record([("ada", "red \x1b[31m and \u202eturned")])
    assert read() == [("ada", "red \ufffd[31m and \ufffdturned")]


def test_pandas_takes_the_lines_as_they_are(said, path):
    pandas = pytest.importorskip("pandas")
    with Archive(path) as archive:
        frame = pandas.DataFrame(archive.lines())
    assert list(frame.columns) == ["id", "at", "name", "text"]
    assert str(frame["at"].dt.tz) == "UTC"
    assert len(frame) == len(SAID)


def test_shares_count_a_person_once(said, path):
    with Archive(path) as archive:
        found = shares(archive.lines())
    assert [(share.name, share.lines) for share in found] == [("ada", 3), ("grace", 2), ("linus", 1)]
    assert found[0].first == NOON
    assert found[0].characters == sum(len(text) for _, name, text in SAID if name.lower() == "ada")


def test_the_chart_shows_who_said_how_much(said, path):
    with Archive(path) as archive:
        chart = Chart(archive.lines())
    svg = chart._repr_html_()
    assert str(chart) == "ada 3, grace 2, linus 1"
    assert [f">{words}</text>" in svg for words in ("ada 3", "grace 2", "linus 1")] == [True] * 3
    assert svg.count('width="7"') == 6  # parts of bars
    assert "nothing was said" in Chart([]).svg()


def test_many_people_share_the_last_colour(remember, path):
    remember().record([(f"n{n}", "hi") for n in range(20)])
    with Archive(path) as archive:
        svg = Chart(archive.lines()).svg()
    assert ">others 14</text>" in svg


# The command

LOCAL = {"env": ENVIRONMENT | {"TZ": "Asia/Tokyo"}}


def test_it_lists_in_local_time(said, path):
    result = run("history", path, **LOCAL)
    assert result.stdout.splitlines()[:2] == [
        "2026-11-22 21:00:00 [ada] Good morning, caf\u00e9!",
        "2026-11-22 22:00:00 [grace] good night; pull the plug",
    ]
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.fault(15)
@pytest.mark.skipif(os.name != "posix", reason="the terminal is a pty")
def test_no_text_that_is_long_enough_goes_on_in_the_place_of_a_date(remember, path):
    remember().record([("ada", "x" * length + "2026-11-22 13:01:05 [grace] me") for length in range(80)])
    reader = Person("history", path)
    reader.leaves()
    rows = [*reader.glass.above, reader.glass.bottom]
    reader.close()
    assert sum("[ada]" in row for row in rows) == 80
    assert not [row for row in rows if row and "[ada]" not in row and not row.startswith("  ")]


def test_days_are_local_and_until_counts_the_day_in_full(said, path):
    result = run("history", path, "--since", "2026-11-22", "--until", "2026-11-22", **LOCAL)
    assert len(result.stdout.splitlines()) == 3  # 15:00 UTC is midnight there
    result = run("history", path, "--since", "2026-11-22 23:00", "--until", "2026-11-22T15:00:00Z", **LOCAL)
    assert result.stdout == "2026-11-22 23:00:00 [Ada] the plug is pulled\n"


def test_it_searches(chatkit, said, path):
    result = chatkit("history", path, "search", "plug", "goo*", "--by", "grace")
    assert result.stdout.endswith("[grace] good night; pull the plug\n")
    assert len(result.stdout.splitlines()) == 1


def test_json_is_exact_and_utc(said, path):
    rows = [json.loads(line) for line in run("history", path, "--json", **LOCAL).stdout.splitlines()]
    assert [(row["name"], row["text"]) for row in rows] == [line[1:] for line in SAID]
    assert rows[0] == {"id": 1, "at": "2026-11-22T12:00:00.000Z", "name": "ada", "text": SAID[0][2]}


def test_csv_holds_no_formula(chatkit, said, path):
    rows = list(csv.DictReader(io.StringIO(chatkit("history", path, "--csv").stdout)))
    assert [row["text"].removeprefix("'") for row in rows] == [text for _, _, text in SAID]
    assert not [row for row in rows if row["text"][0] in "=+-@"]


class Tags(HTMLParser):
    """All tags of a page, and the texts that are in its lines."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts = set(), []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.texts += [""] * (tag == "bdi")

    def handle_data(self, data):
        if self.texts and self.lasttag == "bdi":
            self.texts[-1] += data


def test_html_is_only_text(chatkit, said, path):
    page = Tags(chatkit("history", path, "--html").stdout)
    assert page.tags == {"html", "meta", "title", "style", "h1", "p", "time", "b", "bdi"}
    assert [text.strip() for text in page.texts] == [text for _, _, text in SAID]


def test_stats_are_a_table(said, path):
    lines = run("history", path, "--stats", **LOCAL).stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:4]] == [["ada", "3"], ["grace", "2"], ["linus", "1"]]
    assert "2026-11-22 21:00" in lines[1]
    assert lines[-1].startswith("all together")


def test_nothing_found_is_no_failure(chatkit, said, path):
    result = chatkit("history", path, "search", "nowhere")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        ([], 2, "which history? say its file, such as chatkit history chat.db"),
        (["no.db"], 1, "there is no history 'no.db'; chatkit serve --history FILE keeps one"),
        (["empty.db"], 1, "'empty.db' is empty: no history has been kept there yet"),
        (["chat.db", "serch", "x"], 2, "after the file comes search, forget, prune or nothing, not 'serch'"),
        (["chat.db", "search"], 2, "search for which word?"),
        (["chat.db", "--by", "a b"], 2, "a name is 1 to 24 ASCII letters or digits, so it cannot be 'a b'"),
        (["chat.db", "--last", "0"], 2, "how many lines must be a number from 1 on, not '0'"),
        (["chat.db", "--last", ""], 2, "how many lines must be a number from 1 on, not ''"),
        (
            ["chat.db", "--since", ""],
            2,
            "a time is such as 2026-11-22, '2026-11-22 12:01' or 2h (ago), not ''",
        ),
        (
            ["chat.db", "--since", "x"],
            2,
            "a time is such as 2026-11-22, '2026-11-22 12:01' or 2h (ago), not 'x'",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(chatkit, said, path, words, status, sentence):
    path.with_name("empty.db").touch()
    result = chatkit("history", *words)
    assert (result.returncode, result.stdout, result.stderr) == (status, "", f"chatkit: {sentence}\n")


def test_a_reader_that_stops_reading_is_no_error(remember, path):
    remember().record([("ada", "x" * 100)] * 5000)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        import subprocess
        import sys

        result = subprocess.run(
            [sys.executable, "-m", "chatkit", "history", path],
            stdout=writing,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            timeout=PATIENCE,
        )
    finally:
        os.close(writing)
    assert (result.returncode, result.stderr) == (0, b"")


# Times


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("30d", timedelta(days=30)),
        ("12h", timedelta(hours=12)),
        ("45m", timedelta(minutes=45)),
        ("2w", timedelta(14)),
    ],
)
def test_ages(text, age):
    assert to_age(text) == age
    assert abs(datetime.now(UTC) - to_moment(text) - age) < timedelta(seconds=5)


@pytest.mark.parametrize("text", ["", "30", "d", "-1d", "1y", "1.5h", "\u0663d", "9999999d"])
def test_no_ages(text):
    with pytest.raises(ValueError, match="an age is a number and m, h, d or w"):
        to_age(text)


@pytest.mark.parametrize("text", ["", "today", "2026-13-01", "2026-11-2x", "999999w", "10000-01-01"])
def test_no_times(text):
    with pytest.raises(ValueError, match="a time is such as"):
        to_moment(text)


def test_an_archive_of_nothing_is_refused(tmp_path):
    with pytest.raises(HistoryError, match="there is no history"):
        Archive(tmp_path)
