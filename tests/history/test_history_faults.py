"""Faults of the disk: one sentence at the start; later the history pauses, says so once, counts, goes on."""

import errno
import os
import resource
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from program import ENVIRONMENT, ROOT
from talker import PATIENCE

from chatkit import ChatServer
from chatkit.errors import CannotListen
from chatkit.history import Archive, History, HistoryError
from chatkit.history import lock as lock_file
from chatkit.history.pause import CALM, LONGEST, Pause

PAUSED = "history paused: {}; what is said now is not kept"


@pytest.fixture
def clock(monkeypatch):
    """`clock(seconds)` lets the history's clock go on."""
    ahead = [0.0]
    real = time.monotonic
    monkeypatch.setattr("chatkit.history.keeper.time.monotonic", lambda: real() + ahead[0])

    def _go_on(seconds):
        ahead[0] += seconds

    return _go_on


@pytest.fixture
def lock(path):
    """`lock()` has another program lock the file; its result's `close` lets go."""
    others = []

    def _lock():
        others.append(sqlite3.connect(path, isolation_level=None))
        others[-1].execute("BEGIN IMMEDIATE")
        return others[-1]

    yield _lock
    for other in others:
        other.close()


@pytest.mark.fault(40)
def test_a_lock_pauses_it_and_nobody_waits(remember, read, lock, clock):
    history = remember()
    history.record([("ada", "before")])
    other = lock()
    assert history._store._db.execute("PRAGMA busy_timeout").fetchone() == (0,)
    assert history.record([("ada", "lost")]) == PAUSED.format("another program has locked the file")
    for _ in range(100):
        assert history.record([("ada", "lost too")]) is None  # it is said once
    assert history.record(()) is None
    other.close()
    clock(1)
    assert history.record([("ada", "after")]) == "history goes on; 101 lines were not kept"
    assert history.record([("ada", "more")]) is None
    assert read() == [("ada", "before"), ("ada", "after"), ("ada", "more")]
    assert [line.text for line in history.last()] == ["before", "after", "more"]


@pytest.mark.fault(40)
def test_it_goes_on_by_itself_in_a_quiet_room(remember, lock, clock):
    history = remember()
    other = lock()
    history.record([("ada", "lost")])
    clock(1)
    assert history.record(()) is None  # still locked
    other.close()
    clock(1)
    assert history.record(()) == "history goes on; 1 line was not kept"


@pytest.mark.fault(40)
def test_a_full_disk_pauses_it_and_loses_nothing_that_was_kept(remember, read, clock):
    history = remember()
    history.record([("ada", "before")])
    db = history._store._db
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages + 1}")
    big = [("grace", "x" * 500)] * 20
    assert history.record(big) == PAUSED.format("the disk is full")
    assert history.record(big) is None
    db.execute("PRAGMA max_page_count = 1000000")
    clock(1)
    assert history.record([("ada", "after")]) == "history goes on; 40 lines were not kept"
    assert read() == [("ada", "before"), ("ada", "after")]


@pytest.mark.fault(40)
def test_a_disk_that_takes_no_more_bytes_pauses_it(remember, read, clock):
    history = remember()
    history.record([("ada", "before")])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(f"{history.path}-wal"), limits[1]))
    try:
        assert history.record([("ada", "x" * 5000)]) == PAUSED.format(
            "the disk does not take what is written"
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    clock(1)
    assert history.record([("ada", "after")]) == "history goes on; 1 line was not kept"
    assert read() == [("ada", "before"), ("ada", "after")]


def test_pauses_that_follow_each_other_last_longer():
    pause, lengths, now = Pause(), [], 0.0
    for _ in range(8):
        assert pause.fail("the disk is full", 1, now)
        begun = now
        while pause.waits(now):
            now += 0.5
        lengths.append(now - begun)
        assert pause.succeed(now)
    assert lengths == [1, 2, 4, 8, 16, LONGEST, LONGEST, LONGEST]
    now += CALM + 1
    pause.fail("the disk is full", 1, now)
    assert not pause.waits(now + 1)


@pytest.mark.fault(40)
def test_a_choice_that_met_a_lock_is_written_down_later(remember, lock, clock):
    history = remember()
    other = lock()
    history.choose("ada", False)
    assert history.choices() == {}
    other.close()
    clock(2)
    history.record(())
    assert history.choices() == {"ada": False}


def test_a_choice_that_met_a_lock_is_written_down_at_the_end(remember, lock):
    history = remember()
    other = lock()
    history.choose("ada", False)
    other.close()
    history.close()
    assert remember().choices() == {"ada": False}


@pytest.mark.fault(40)
def test_a_file_that_is_damaged_while_it_is_used_pauses_it(remember, path):
    history = remember()
    history.record([("ada", "before")] * 1000)
    history.close()
    with path.open("r+b") as file:  # the header and the schema are whole
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(HistoryError, match=r"'.*chat\.db' cannot be used as a history: the file is damaged"):
        history.open()
    with Archive(path) as archive, pytest.raises(HistoryError, match="the file is damaged"):
        list(archive.lines())


@pytest.mark.fault(40)
def test_damage_while_serving_pauses_it(remember, path, clock):
    history = remember()
    history.record([("ada", "before")])
    history._store.scrub()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    history._store._db.execute("PRAGMA shrink_memory")  # let go of the pages that it has in memory
    assert history.record([("ada", "lost")]) == PAUSED.format("the file is damaged")
    clock(1)
    assert history.record([("ada", "lost")]) is None


def make_foreign(path):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE bookmarks (url)")
    db.commit()
    db.close()


def make_newer(path):
    db = sqlite3.connect(path)
    db.executescript("PRAGMA user_version = 99; PRAGMA application_id = 0x63686174; CREATE TABLE lines (new)")
    db.close()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: path.write_text("my diary\n" * 1000), "is damaged, or not a history"),
        (lambda path: path.write_bytes(os.urandom(8192)), "is damaged, or not a history"),
        (lambda path: path.write_text("short"), "is damaged, or not a history"),
        (make_foreign, "a database of another program; choose another file"),
        (
            make_newer,
            r"newer chatkit \(its schema is 99, this one knows \d+\); use that chatkit, or another file",
        ),
        (lambda path: path.mkdir(), "is no file"),
    ],
    ids=["text", "noise", "short", "foreign", "newer", "folder"],
)
def test_another_file_is_refused_in_one_sentence_and_left_as_it_is(path, make, sentence):
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(HistoryError, match=sentence) as told:
        History(path).open()
    assert "\n" not in str(told.value)
    assert before == (path.read_bytes() if path.is_file() else None)
    assert [each.name for each in path.parent.iterdir()] == ["chat.db"]
    if path.is_file():
        with pytest.raises(HistoryError, match=sentence):
            Archive(path)


@pytest.mark.parametrize("name", ["no/such/folder/chat.db", "a\0b"])
def test_a_place_where_no_file_can_be_is_refused(tmp_path, name):
    with pytest.raises(HistoryError, match=r"cannot be used as a history: .*(No such file|null)"):
        History(tmp_path / name).open()


@pytest.mark.fault(40)
def test_a_file_that_somebody_has_locked_is_refused_at_the_start(remember, path, lock, monkeypatch):
    remember().close()
    lock()
    monkeypatch.setattr("chatkit.history.keeper.OPENING", 0.1)
    with pytest.raises(HistoryError, match="another program has locked the file"):
        History(path).open()


_OPENS = """
import sys
from chatkit.history import History, HistoryError
try:
    History(sys.argv[1]).open()
except HistoryError as error:
    print(error)
"""
# Root may write everything, unless it has given that up for good.
_LIKE_ANYBODY = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] if os.getuid() == 0 else []


@pytest.mark.fault(40)
@pytest.mark.parametrize("mode", [0o400, 0o444, 0o000])
def test_a_file_that_may_not_be_written_is_refused(remember, path, mode):
    remember().close()
    path.chmod(mode)
    command = [*_LIKE_ANYBODY, sys.executable, "-c", _OPENS, path]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    why = "the file may not be written" if mode else "the file cannot be opened"
    assert result.stdout == f"{str(path)!r} cannot be used as a history: {why}\n", result.stderr


@pytest.mark.fault(40)
def test_a_folder_that_may_not_be_written_is_refused(path):
    path.parent.chmod(0o555)
    command = [*_LIKE_ANYBODY, sys.executable, "-c", _OPENS, path]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert result.stdout == f"{str(path)!r} cannot be used as a history: Permission denied\n", result.stderr


def test_a_copy_in_a_folder_that_may_not_be_written_is_read(remember, path):
    history = remember()
    history.record([("ada", "hello")])
    history.close()
    path.chmod(0o444)
    path.parent.chmod(0o555)
    command = [*_LIKE_ANYBODY, sys.executable, "-m", "chatkit", "history", path]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT)
    path.parent.chmod(0o755)
    assert result.stdout.endswith("[ada] hello\n"), result.stderr


@pytest.mark.parametrize("what", ["moved", "removed"])
def test_a_file_that_is_moved_away_is_followed_by_a_new_one(remember, read, path, clock, what):
    history = remember()
    history.choose("linus", False)
    history.record([("ada", "old")])
    archived = path.with_name("2026.db")
    path.rename(archived) if what == "moved" else path.unlink()
    clock(1)
    history.record(())
    history.record([("ada", "new")])
    assert read() == [("ada", "new")]
    assert [line.text for line in history.last()] == ["new"]  # who removed it wants nobody to be told of it
    clock(1)
    history.record(())
    assert history.choices() == {"linus": False}
    if what == "moved":
        with Archive(archived) as archive:
            assert [line.text for line in archive.lines()] == ["old"]


@pytest.fixture(params=["with a journal beside it", "with one only while it is written"])
def backup(remember, path, request):
    """A copy of a history, as a program for backups makes it, in either mode of SQLite's."""
    history = remember()
    history.record([("ada", "an old line"), ("ada", "from the backup")])
    copy = path.with_name("backup.db")
    with closing(sqlite3.connect(copy)) as target:
        history._store._db.backup(target)
        if "only" in request.param:
            target.execute("PRAGMA journal_mode = DELETE")
    history.forget("ada")
    history.close()
    return copy


@pytest.fixture
def waits(monkeypatch):
    """How many seconds each connection would wait for a lock, as a list."""
    found, connect = [], sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda *args, **how: found.append(how.get("timeout")) or connect(*args, **how)
    )
    return found


@pytest.mark.fault(40)
def test_a_file_that_is_replaced_by_a_locked_one_is_waited_for_by_nobody(
    remember, read, path, clock, backup, waits
):
    history = remember()
    other = sqlite3.connect(backup, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    backup.rename(path)
    waits.clear()
    for _ in range(3):
        clock(3)
        history.record([("ada", "lost")])
    assert set(waits) == {0.0}
    other.close()
    clock(9)
    history.record(())
    clock(9)
    assert history.record([("ada", "after")]) == "history goes on; 2 lines were not kept"
    assert read() == [("ada", "an old line"), ("ada", "from the backup"), ("ada", "after")]


@pytest.mark.fault(40)
def test_a_file_that_is_replaced_by_a_damaged_one_is_tried_again(remember, read, path, clock, backup):
    history = remember()
    change = "UPDATE lines SET text = {} WHERE id = (SELECT max(id) FROM lines)"
    with closing(sqlite3.connect(backup, isolation_level=None)) as other:
        other.execute(change.format("CAST(x'ff' AS TEXT)"))
    backup.rename(path)
    clock(1)
    history.record(())
    assert history.record([("ada", "lost")]) == PAUSED.format("the file is not open")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(change.format("'mended'"))
    clock(9)
    history.record(())
    clock(9)
    assert history.record([("ada", "after")]) == "history goes on; 1 line was not kept"
    assert read() == [("ada", "an old line"), ("ada", "mended"), ("ada", "after")]


@pytest.mark.fault(41)
def test_who_asked_to_be_forgotten_is_in_no_file_that_is_moved_away(remember, path, clock, found):
    history = remember()
    history.record([("ada", "SECRET"), ("grace", "hi")])
    while history.forget("linus") is not None:  # until there is no time left
        history._wishes._allowance.spend(1.0)
    assert history.forget("ada") is None
    path.rename(path.with_name("2026.db"))
    clock(1)
    history.record(())
    assert found("SECRET") == []
    history._wishes._allowance.spend(-20.0)  # or to move to a new file may have taken all there was
    assert history.forget("ada") == 1


def test_a_file_that_is_moved_away_is_not_written_anew(remember, path, clock):
    """It may be long, and the room would wait."""
    history, asked = remember(), []
    history.record([("ada", "old")])
    history._store._db.set_trace_callback(asked.append)
    path.rename(path.with_name("2026.db"))
    clock(1)
    history.record(())
    assert asked
    assert "VACUUM" not in asked


def test_a_folder_that_is_replaced_by_an_empty_one_gets_a_new_file(remember, path, clock, read):
    history = remember()
    path.parent.rename(path.parent.with_name("put-away"))
    clock(1)
    history.record(())
    assert history.record([("ada", "lost")]) == PAUSED.format("the file is not open")
    path.parent.mkdir()
    clock(9)
    history.record(())
    clock(9)
    assert history.record([("ada", "after")]) == "history goes on; 1 line was not kept"
    assert read() == [("ada", "after")]
    assert is_kept(path)


def test_a_folder_that_is_removed_pauses_it(remember, path, clock):
    history = remember()
    aside = path.parent.rename(path.parent.with_name("aside"))
    clock(1)
    history.record(())
    assert history.record([("ada", "lost")]) == PAUSED.format("the file is not open")
    assert history.forget("ada") is None
    aside.rename(path.parent)
    clock(1)
    history.record([("ada", "lost too")])
    clock(1)
    assert history.record([("ada", "after")]) == "history goes on; 2 lines were not kept"


@pytest.mark.fault(40, 41)
def test_a_file_that_is_moved_while_somebody_reads_it_is_left_when_they_are_done(
    path, remember, found, clock
):
    history = remember()
    history.record([("ada", "SECRETTOKEN"), ("bob", "hello")])
    reader = sqlite3.connect(path, isolation_level=None)
    with closing(reader):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM lines").fetchone()
        assert history.forget("ada") is None
        moved = path.rename(path.with_name("old.db"))
        clock(100)
        history.record([("bob", "meanwhile")])
        reader.execute("ROLLBACK")
    clock(100)
    history.record([("bob", "and now")])
    assert history.forget("ada") == 1
    history.close()
    assert found("SECRETTOKEN") == []
    with closing(sqlite3.connect(moved)) as old:
        assert old.execute("SELECT name, count(*) FROM lines GROUP BY name").fetchall() == [("bob", 3)]


@pytest.mark.fault(40, 41)
def test_a_wish_that_cannot_be_fulfilled_at_the_end_is_told(path, remember, lock, read, caplog):
    history = remember()
    history.record([("ada", "hello")])
    other = lock()
    assert history.forget("ada") is None
    history.close()
    other.close()
    assert f"{path} is in use, so somebody who asked to be forgotten is still in it" in caplog.text
    assert read() == [("ada", "hello")]


@pytest.mark.fault(40, 41)
def test_at_the_end_a_lock_is_waited_for(remember, lock, read, caplog):
    history = remember()
    history.record([("ada", "hello")])
    other = lock()
    assert history.forget("ada") is None
    history._store.wait_for_locks = lambda seconds: other.close()  # as if it ended in that time
    history.close()
    assert "is in use" not in caplog.text
    assert read() == []


# One file, one server


def is_kept(path):
    history = History(path)
    try:
        history.open()
    except HistoryError as error:
        return f"{str(path)!r} is kept by another server; stop that one, or choose another file" == str(error)
    history.close()
    return False


def test_one_file_belongs_to_one_server(remember, path, read):
    history = remember()
    link = path.with_name("link.db")
    link.symlink_to(path)
    for each in (path, link, path, link):
        assert is_kept(each)
    assert history.record([("ada", "it goes on")]) is None
    assert read() == [("ada", "it goes on")]
    history.close()
    assert sorted(each.name for each in path.parent.iterdir()) == ["chat.db", "link.db"]
    assert remember().last()


def test_one_history_belongs_to_one_server(remember):
    history = remember()
    with pytest.raises(HistoryError, match="is kept by another server"):
        history.open()
    assert history.record([("ada", "it goes on")]) is None


def test_a_room_that_has_ended_may_begin_anew_at_once(path, engine):
    for _ in range(10):
        with ChatServer(port=0, engine=engine, history=History(path)):
            assert is_kept(path)
    assert sorted(each.name for each in path.parent.iterdir()) == ["chat.db"]


def test_a_server_that_cannot_listen_lets_go_of_the_file(path, engine):
    with ChatServer(port=0) as other:
        server = ChatServer(port=other.address[1], engine=engine, history=History(path))
        with pytest.raises(CannotListen):
            server.start()
    assert not is_kept(path)


_FORKS = """
import os, sys
from chatkit.history import History
history = History(sys.argv[1])
history.open()
if not os.fork():
    print("forked", flush=True)
sys.stdin.read()
os._exit(0)
"""


@pytest.mark.fault(35)
def test_whoever_is_killed_lets_go_of_the_file_though_a_forked_child_lives_on(path):
    command = [sys.executable, "-c", _FORKS, path]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=ENVIRONMENT, **pipes) as program:
        assert program.stdout.readline() == "forked\n"
        assert is_kept(path)
        program.kill()
        program.wait()
        history = History(path)
        history.open()
        assert is_kept(path)
        history.close()


def test_the_end_lets_go_of_the_file_though_somebody_has_a_copy_of_the_descriptor(remember, path):
    history = remember()
    copy = os.dup(history._lock._held[1])
    history.close()
    remember().close()
    os.close(copy)


def test_a_lock_that_was_removed_in_the_moment_it_was_taken_is_taken_again(remember, path, monkeypatch):
    taken, take = [], lock_file._lock

    def remove_and_take(descriptor):
        if not taken:
            os.unlink(f"{path}-lock")
        taken.append(take(descriptor))

    monkeypatch.setattr(lock_file, "_lock", remove_and_take)
    remember()
    assert len(taken) == 2
    assert is_kept(path)


def test_a_disk_without_such_locks_does_without(remember, monkeypatch):
    def fail(*_arguments):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("chatkit.history.lock.fcntl.flock", fail)
    history = remember()
    assert history.record([("ada", "hello")]) is None
