"""A file that is no history, or that another program has written into: one sentence, and it is left alone."""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from program import run

from chatkit.history import Archive, History, HistoryError
from chatkit.history.schema import APPLICATION, STEPS

NEVER = 1 << 62  # milliseconds
ODD = {
    "a time far away": (NEVER, "ada", "hello"),
    "a time long ago": (-NEVER, "ada", "hello"),
    "a time that is a word": ("soon", "ada", "hello"),
    "a time without an end": (float("inf"), "ada", "hello"),
    "a name in bytes": (1, b"\xff\x00", "hello"),
    "a text in bytes": (1, "ada", b"\xff\x00"),
    "escapes and markup": (1, "ada\x1b[2J", "<b>\u202e\x1b]0;t\x07"),
}


def a_file(path, *statements, steps=STEPS):
    """Make a file that says it is a history."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.execute(f"PRAGMA user_version = {len(STEPS)}")
        for statement in (*steps, *statements):
            db.execute(*statement) if isinstance(statement, tuple) else db.execute(statement)
        db.commit()
    return path


def a_line(values):
    return "INSERT INTO lines (at, name, text) VALUES (?, ?, ?)", values


@pytest.mark.parametrize("kind", ODD)
def test_a_line_that_no_chat_has_written_is_read_all_the_same(kind, tmp_path):
    path = a_file(tmp_path / "odd.db", a_line(ODD[kind]), a_line((1, "grace", "the next one")))
    for form in ("--text", "--json", "--csv", "--html", "--stats"):
        done = run("history", path, form)
        assert (done.returncode, done.stderr) == (0, "")
        assert "grace" in done.stdout
        assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout)
    history = History(path)
    history.open()
    assert [line.name for line in history.last()][1:] == ["grace"]
    history.close()


FOREIGN = {
    "no table of lines": STEPS[1:],
    "no table of refusals": STEPS[:1],
    "other columns": ("CREATE TABLE lines (foo)", STEPS[1]),
    "lines that never end": (
        STEPS[1],
        "CREATE VIEW lines AS WITH RECURSIVE c(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM c)"
        " SELECT id, 1 AS at, 'a' AS name, 't' AS text FROM c",
    ),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_file_that_only_says_it_is_a_history_is_refused_in_a_sentence(kind, tmp_path):
    path = a_file(tmp_path / "foreign.db", steps=FOREIGN[kind])
    with pytest.raises(HistoryError):
        History(path).open()


def test_a_file_with_a_view_is_not_read(tmp_path):
    """Whoever wrote it would have the reader compute without end."""
    with pytest.raises(HistoryError, match="another program"):
        Archive(a_file(tmp_path / "foreign.db", steps=FOREIGN["lines that never end"]))


def test_a_damaged_list_of_refusals_is_told_in_a_sentence(tmp_path):
    path = a_file(tmp_path / "damaged.db", *(f"INSERT INTO refusals VALUES ('ada{n}')" for n in range(2000)))
    size = os.path.getsize(path)
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * (size - 3 * 4096))
    with pytest.raises(HistoryError, match="damaged"):
        History(path).open()


def test_what_is_no_file_keeps_its_mode(tmp_path, monkeypatch):
    """As root, `serve --history /dev/null` took that away from everybody else."""
    changed = []
    monkeypatch.setattr(Path, "chmod", lambda self, mode: changed.append(self))
    with pytest.raises(HistoryError, match="is no file"):
        History(os.devnull).open()
    with pytest.raises(HistoryError, match="is no file"):
        History(tmp_path).open()
    assert not changed


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_with_a_name_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o644)
    with pytest.raises(HistoryError, match="is no file"):
        History(tmp_path / "pipe").open()
    assert stat.S_IMODE((tmp_path / "pipe").stat().st_mode) & 0o044


def test_a_name_that_no_disk_takes_is_told_in_a_sentence():
    done = run("history", "x" * 5000)
    assert done.returncode == 1
    assert "there is no history" in done.stderr


def test_what_is_no_text_is_told_without_a_word_of_it(tmp_path):
    line = "INSERT INTO lines (at, name, text) VALUES (1, 'ada', CAST(x'7365637265ff' AS TEXT))"
    done = run("history", a_file(tmp_path / "bytes.db", line))
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert "secre" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="closing descriptors is another matter there")
@pytest.mark.parametrize("deed", [(), ("forget", "ada")])
def test_without_an_output_nothing_is_shown_and_what_was_asked_is_done(deed, tmp_path):
    path = a_file(tmp_path / "chat.db", a_line((1, "ada", "hello")))
    done = run("history", path, *deed, preexec_fn=lambda: os.close(1))
    assert (done.returncode, done.stderr) == (0, "")
    with Archive(path) as archive:
        assert len(list(archive.lines())) == (not deed)
