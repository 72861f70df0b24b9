"""Keeping: what is recorded is in the file at once, private, in order, and for as long as was asked."""

import os
import sqlite3
import stat
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatkit.history import Archive, History, HistoryError
from chatkit.history.schema import STEPS
from chatkit.history.store import Store
from chatkit.messages import decode_text

NASTY = [
    "'); DROP TABLE lines; --",
    "Robert\" OR 1=1; VACUUM INTO '/tmp/stolen'",
    "../../../../etc/passwd",
    '","ada":"forged',
    '\\"}{[',
    "null",
    "0",
    "%s %d {} ? ?1 :name",
    "tab\there",
    "\u00e9 \u6f22 \U0001f600 \ufffd",
]


def texts(history):
    return [line.text for line in history.last()]


def test_a_line_is_in_the_file_when_record_returns(remember, read):
    history = remember()
    assert history.record([("ada", "hello"), ("Grace", "hi")]) is None
    assert read() == [("ada", "hello"), ("Grace", "hi")]


def test_a_newcomer_gets_the_last_lines_oldest_first(remember):
    history = remember(replay=3)
    history.record([("ada", "1"), ("ada", "2")])
    history.record([("grace", "3"), ("ada", "4")])
    assert [(line.name, line.text) for line in history.last()] == [("ada", "2"), ("grace", "3"), ("ada", "4")]


def test_the_last_lines_are_there_again_after_a_restart(remember, path):
    history = remember()
    history.record([("ada", "1"), ("ada", "2")])
    before = list(history.last())
    history.close()
    again = remember()
    assert list(again.last()) == before
    again.close()
    assert texts(remember(replay=1)) == ["2"]


def test_with_replay_0_nobody_is_told_anything(remember, read):
    history = remember(replay=0)
    history.record([("ada", "1"), ("ada", "2")])
    assert texts(history) == []
    history.close()
    assert texts(remember(replay=0)) == []
    assert len(read()) == 2


def test_a_history_can_be_closed_twice_and_opened_again(remember, read):
    history = remember()
    history.close()
    history.close()
    history.open()
    history.record([("ada", "again")])
    assert read() == [("ada", "again")]


def test_it_stays_where_it_was_though_the_process_goes_elsewhere(path, read, tmp_path_factory, monkeypatch):
    monkeypatch.chdir(path.parent)
    history = History("chat.db")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    history.open()
    history.record([("ada", "1")])
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere again"))
    look(history)
    history.record([("ada", "2")])
    history.close()
    assert read() == [("ada", "1"), ("ada", "2")]
    assert not os.listdir()


def test_in_a_folder_that_was_removed_it_says_so_in_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(HistoryError, match=r"'chat\.db' cannot be used as a history: No such file"):
        History("chat.db")


@pytest.mark.parametrize("text", NASTY)
def test_words_are_only_words(remember, read, path, text):
    history = remember()
    history.record([("ada", text), ("grace", "after")])
    assert read() == [("ada", text), ("grace", "after")]
    assert history.forget("ada") == 1
    beside = {"chat.db-wal", "chat.db-shm", "chat.db-lock"}
    assert {each.name for each in path.parent.iterdir()} <= {"chat.db"} | beside


@settings(max_examples=100)
@given(st.lists(st.binary(max_size=80), min_size=1, max_size=30))
def test_whatever_a_client_sends_is_kept_as_it_was_said(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("any") / "chat.db"
    history = History(path)
    history.open()
    said = [("ada", decode_text(line)) for line in lines]
    history.record(said)
    with Archive(path) as archive:
        assert [(line.name, line.text) for line in archive.lines()] == said
    history.close()


@pytest.mark.parametrize("before", ["new", "wide open"])
@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_only_its_owner_can_read_it(remember, path, before):
    old = os.umask(0)
    try:
        if before == "wide open":
            path.touch(0o666)
        remember().record([("ada", "hello")])
    finally:
        os.umask(old)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes == dict.fromkeys(["chat.db", "chat.db-wal", "chat.db-shm", "chat.db-lock"], 0o600)


def test_times_on_the_disk_are_utc_wherever_the_server_stands(remember, path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        before = datetime.now(UTC) - timedelta(seconds=1)
        history = remember()
        history.record([("ada", "hello")])
        ((at,),) = sqlite3.connect(path).execute("SELECT at FROM lines")
        assert before < datetime.fromtimestamp(at / 1000, UTC) < datetime.now(UTC) + timedelta(seconds=1)
        when = datetime.fromisoformat(history.last()[0].when)
        assert when.utcoffset() == timedelta(0)
        assert before - timedelta(seconds=1) < when
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.fault(47)
def test_a_clock_set_back_changes_no_order(remember, read, monkeypatch):
    history = remember()
    for hour, text in ((12, "first"), (3, "second"), (13, "third")):
        monkeypatch.setattr(time, "time", lambda hour=hour: 1.79e9 + hour * 3600)
        history.record([("ada", text)])
    assert texts(history) == [text for _, text in read()] == ["first", "second", "third"]
    history.close()
    assert texts(remember()) == texts(history)


def test_only_the_last_lines_are_kept(remember, read):
    history = remember(keep_lines=3)
    history.record([("ada", str(n)) for n in range(5)])
    assert [text for _, text in read()] == ["2", "3", "4"]
    history.close()
    remember(keep_lines=1)
    assert [text for _, text in read()] == ["4"]


def look(history):
    """Have it look after its file now."""
    history._next_look = 0.0
    history.record(())


def test_the_last_lines_are_counted_though_others_between_them_were_forgotten(remember, read):
    history = remember(keep_lines=4)
    for name, text in (("ada", "1"), ("bob", "2"), ("bob", "3"), ("ada", "4")):
        history.record([(name, text)])
    assert history.forget("bob") == 2
    history.record([("ada", "5")])
    look(history)
    assert [text for _, text in read()] == ["1", "4", "5"]
    history.record([("ada", "6"), ("ada", "7")])
    look(history)
    assert [text for _, text in read()] == ["4", "5", "6", "7"]


def test_the_last_lines_are_counted_anew_when_another_program_has_removed_some(remember, read, path):
    history = remember(keep_lines=3)
    history.record([("ada", str(n)) for n in range(3)])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("DELETE FROM lines WHERE text = '1'")
    other.close()
    history.record([("ada", "3")])
    look(history)
    assert [text for _, text in read()] == ["0", "2", "3"]


def test_lines_are_counted_once_however_long_it_serves(remember):
    """To count a million takes as long as ten thousand rounds, and is asked for every second."""
    history = remember(keep_lines=3)
    asked = []
    history._store._db.set_trace_callback(asked.append)
    for n in range(10):
        history.record([("ada", str(n))] * 2)
        look(history)
    assert not [each for each in asked if "count(" in each]


def test_lines_are_kept_for_a_time_in_a_quiet_room_too(remember, read, monkeypatch):
    now = time.time()
    history = remember(keep=timedelta(days=30))
    history.record([("ada", "old")])
    monkeypatch.setattr(time, "time", lambda: now + 29 * 86400)
    history.record([("ada", "new")])
    assert len(read()) == 2
    monkeypatch.setattr(time, "time", lambda: now + 31 * 86400)
    look(history)
    assert read() == [("ada", "new")]
    assert texts(history) == ["new"]


@pytest.mark.fault(47)
def test_a_start_finds_old_lines_behind_one_from_the_future(remember, read, monkeypatch):
    now = time.time()
    history = remember()
    for days, text in ((400, "wrong clock"), (0, "old"), (40, "new")):
        monkeypatch.setattr(time, "time", lambda days=days: now + days * 86400)
        history.record([("ada", text)])
    history.close()
    remember(keep=timedelta(days=30))
    assert [text for _, text in read()] == ["wrong clock", "new"]


def test_a_file_of_an_older_schema_is_brought_up_to_date(remember, read, path):
    old = sqlite3.connect(path)
    old.executescript(f"{STEPS[0]}; PRAGMA user_version = 1; PRAGMA application_id = {0x63686174};")
    old.execute("INSERT INTO lines (at, name, text) VALUES (1790000000000, 'ada', 'from before')")
    old.commit()
    old.close()
    assert read() == [("ada", "from before")]  # reading changes nothing
    history = remember()
    history.choose("grace", False)
    history.record([("ada", "from now")])
    assert read() == [("ada", "from before"), ("ada", "from now")]
    assert history.choices() == {"grace": False}
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (len(STEPS),)


def test_a_step_that_fails_leaves_the_file_as_it_was(path, monkeypatch):
    monkeypatch.setattr("chatkit.history.schema.STEPS", (*STEPS, "CREATE TABLE lines (again)"))
    with pytest.raises(HistoryError, match="already exists"):
        History(path).open()
    db = sqlite3.connect(path)
    assert db.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    assert db.execute("PRAGMA user_version").fetchone() == (0,)


def test_a_no_outlives_the_server_and_a_yes_does_not(remember):
    history = remember(asks=True)
    history.choose("Ada", False)
    history.choose("grace", True)
    history.choose("linus", False)
    history.choose("LINUS", True)
    history.close()
    assert remember().choices() == {"ada": False}


@pytest.mark.parametrize(("durable", "level"), [(False, 1), (True, 2)])
def test_durable_waits_for_the_disk_at_each_round(remember, durable, level):
    store: Store = remember(durable=durable)._store
    assert store._db.execute("PRAGMA synchronous").fetchone() == (level,)
    assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
