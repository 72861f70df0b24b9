"""To be forgotten: after it no byte of what one said is in any file of the history."""

import random
import sqlite3

import pytest

from chatkit.history import Archive


@pytest.mark.fault(41)
def test_forgetting_removes_every_line_of_a_name_in_any_capitals(remember, read):
    history = remember()
    history.record([("Ada", "1"), ("grace", "2"), ("ADA", "3"), ("adam", "4")])
    assert history.forget("ada") == 2
    assert read() == [("grace", "2"), ("adam", "4")]
    assert [line.name for line in history.last()] == ["grace", "adam"]
    assert history.forget("ada") == 0


@pytest.mark.fault(41)
def test_not_a_byte_is_left(remember, found):
    history = remember()
    for n in range(50):
        history.record([("ada", f"SECRET{n}"), ("grace", "x" * n)] * 20)
    assert found("SECRET") != []
    assert history.forget("ada") == 1000
    assert found("SECRET") == []


@pytest.mark.fault(41)
@pytest.mark.parametrize("seed", range(8))
def test_no_copy_is_left_that_sqlite_made_when_it_moved_lines(remember, found, seed, monkeypatch):
    """Deleting with `secure_delete` alone fails here: moved lines leave copies where they were."""
    chance = random.Random(seed)
    monkeypatch.setattr("chatkit.history.wishes.FORGETTING", 1e9)  # however slow this machine is now
    history = remember()
    names = [f"n{n}" for n in range(12)]
    for name in chance.sample(names, 8):
        for _ in range(chance.randrange(1, 6)):
            who = chance.choices(names, k=chance.choice([5, 100, 500]))
            history.record([(n, f"SECRET-{n}-" + "w" * chance.choice([0, 10, 50, 300, 4000])) for n in who])
        assert history.forget(name) is not None
        assert found(f"SECRET-{name}-") == []


@pytest.mark.fault(41)
def test_forgetting_waits_for_who_reads_the_file_and_is_done_then(remember, read, found, path):
    history = remember()
    history.record([("ada", "SECRET"), ("ada", "SECRET"), ("grace", "hi")])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM lines").fetchone()  # its view of the file needs the journal as it is
    assert history.forget("ada") is None
    assert read() == [("grace", "hi")]
    reader.close()
    assert history.forget("ada") == 2
    assert found("SECRET") == []


@pytest.mark.fault(41)
@pytest.mark.parametrize("finish", ["tick", "close"])
def test_what_was_still_owed_is_done_without_asking_again(remember, found, path, finish):
    history = remember()
    history.record([("ada", "SECRET")])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM lines").fetchone()
    assert history.forget("ada") is None
    reader.close()
    history._next_look = 0.0
    history.record(()) if finish == "tick" else history.close()
    assert found("SECRET") == []


@pytest.mark.fault(40, 41)
def test_forgetting_never_waits_for_a_lock(remember, read, path):
    history = remember()
    history.record([("ada", "hello")])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert history.forget("ada") is None
    other.close()
    assert read() == [("ada", "hello")]  # nothing half-done
    assert history.forget("ada") == 1


def test_who_reads_a_long_history_keeps_nobody_from_being_forgotten(remember, path):
    history = remember()
    history.record([("ada", str(n)) for n in range(5000)] + [("grace", "hi")])
    with Archive(path) as archive:
        lines = archive.lines()
        next(lines)  # as in a pager that shows the first page
        assert history.forget("ada") == 5000


def test_asking_to_be_forgotten_all_day_holds_up_nobody(remember, monkeypatch):
    spent = [0.0]
    monkeypatch.setattr("chatkit.history.keeper.time.monotonic", lambda: spent[0])
    history = remember()
    history.record([("ada", "hello")])
    scrub = history._store.scrub
    monkeypatch.setattr(history._store, "scrub", lambda: spent.__setitem__(0, spent[0] + 0.5) or scrub())
    answers = []
    for _ in range(10):
        history.record([("ada", "hello")])
        answers.append(history.forget("ada"))
    assert None in answers
    assert spent[0] < 2
    spent[0] += 60
    assert history.forget("ada") is not None


@pytest.mark.parametrize("finish", ["tick", "close"])
def test_who_asks_while_another_asks_all_day_is_forgotten_without_asking_again(
    remember, found, read, monkeypatch, finish
):
    history = remember()
    now = [0.0]
    monkeypatch.setattr("chatkit.history.keeper.time.monotonic", lambda: now[0])
    scrub = history._store.scrub
    monkeypatch.setattr(history._store, "scrub", lambda: now.__setitem__(0, now[0] + 0.5) or scrub())
    history.record([("ada", "SECRET"), ("grace", "hi")])
    while history.forget("linus") is not None:
        history.record([("linus", "again")])
    assert history.forget("ada") is None
    now[0] += 60
    history.record(()) if finish == "tick" else history.close()
    assert found("SECRET") == []
    assert [name for name, _ in read()] == ["grace"]


def test_another_program_may_remove_lines_and_no_newcomer_is_told_them(remember, path):
    history = remember()
    history.record([("ada", "SECRET"), ("grace", "hi")])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("DELETE FROM lines WHERE name = 'ada'")
    other.close()
    history._next_look = 0.0
    history.record(())
    assert [line.name for line in history.last()] == ["grace"]


def test_what_is_too_old_is_wiped_at_the_next_start(remember, found):
    history = remember()
    history.record([("ada", "SECRET"), ("grace", "x" * 900)] * 30)
    history.close()
    remember(keep_lines=1)
    assert found("SECRET") == []
