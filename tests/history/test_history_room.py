"""A room that remembers, through real sockets, on both engines: who is told what, and what is kept."""

import sqlite3
import threading
from contextlib import closing, suppress

import pytest
from talker import PATIENCE, Talker, eventually, is_free

from chatkit import ChatServer, Limits
from chatkit.client import ChatClient
from chatkit.connection import Connection
from chatkit.consent import is_told
from chatkit.history import History, HistoryError
from chatkit.history.store import Store

REMEMBERS = "! this room remembers what you say; /record off stops that, /forget removes what it has of you"
NOT_YOU = (
    "! this room remembers, but not what you say; /record on lets it, /forget removes what it has of you"
)
ASKS = (
    "! this room remembers, but not what you say unless you agree:"
    " /record on lets it, /record off stops it again"
)


@pytest.fixture
def room(serve, path):
    """`room(**options)` is a server that remembers in `path`."""
    return lambda **options: serve(history=History(path, **options))


def catches_up(talker):
    """Return all that `talker` has been told so far."""
    talker.says("/who")
    heard = [talker.hears_a_line()]
    while not heard[-1].startswith("! here now:"):
        heard.append(talker.hears_a_line())
    return heard[:-1]


def stop(server, *talkers):
    """Stop a server whose talkers have left: it need not wait for them."""
    for talker in talkers:
        talker.leaves()
    eventually(lambda: not server.clients())
    server.stop()


def test_everybody_is_told_on_joining_and_how_to_opt_out(room, talk):
    server = room()
    assert catches_up(talk(server, "ada")) == [REMEMBERS]


def test_a_room_without_a_history_says_nothing_and_keeps_nothing(serve, talk):
    ada = talk(serve(), "ada")
    assert catches_up(ada) == []
    for request in ("/record off", "/record status", "/forget"):
        ada.says(request)
        ada.hears_an_error("history")


def test_what_one_hears_is_in_the_file_already(room, talk, read):
    server = room()
    ada, grace = talk(server, "ada"), talk(server, "grace")
    catches_up(grace)
    for n in range(50):
        ada.says(f"line {n}")
        grace.hears(f"[ada] line {n}")
        assert read(last=1) == [("ada", f"line {n}")]


def test_only_what_was_said_is_kept(room, talk, read):
    server = room()
    ada, grace = talk(server, "ada"), talk(server, "grace")
    ada.says("/who", "/help", "", "   ", "//slash", "hello", "/nonsense")
    catches_up(ada)
    grace.leaves()
    ada.says("bye", "/quit")
    ada.hears_all()
    assert read() == [("ada", "/slash"), ("ada", "hello"), ("ada", "bye")]


def test_one_may_choose_and_ask_what_is_so(room, talk, read):
    server = room()
    ada = talk(server, "ada")
    catches_up(ada)
    for request, answer in (
        ("/record status", REMEMBERS),
        ("/record off", NOT_YOU),
        ("/record status", NOT_YOU),
        ("/record on", REMEMBERS),
        ("/record status", REMEMBERS),
    ):
        ada.says(f"before {request}", request)
        ada.hears(answer)
    ada.says("/record maybe")
    ada.hears_an_error("/record")
    assert [text for _, text in read()] == [
        "before /record status",
        "before /record off",
        "before /record status",
    ]


@pytest.mark.fault(41)
def test_of_who_opted_out_no_byte_is_in_any_file(room, talk, found, caplog):
    caplog.set_level("DEBUG")
    server = room()
    ada, grace = talk(server, "ada"), talk(server, "grace")
    catches_up(grace)
    ada.says("/record off", *(f"TOKEN{n}" for n in range(200)))
    ada.hears_until(NOT_YOU)
    grace.hears_until("[ada] TOKEN199")
    grace.says("PUBLIC")
    ada.hears("[grace] PUBLIC")
    linus = talk(server, "linus")
    assert "TOKEN" not in " ".join(catches_up(linus))
    assert found("TOKEN") == []
    assert found("PUBLIC") != []
    stop(server, ada, grace, linus)
    assert found("TOKEN") == []
    assert "TOKEN" not in caplog.text
    assert "PUBLIC" not in caplog.text


@pytest.mark.fault(41)
def test_off_and_a_line_in_one_packet_keep_the_line_out(room, talk, found):
    server = room()
    ada, grace = talk(server, "ada"), talk(server, "grace")
    catches_up(grace)
    ada.sends(b"KEPT\n/record off\nTOKEN\n/record on\nKEPT\n")
    grace.hears("[ada] KEPT", "[ada] TOKEN", "[ada] KEPT")
    assert found("TOKEN") == []
    assert found("KEPT") != []


def test_a_choice_holds_for_the_name_while_the_server_lives(room, talk, read):
    server = room()
    ada = talk(server, "ada")
    ada.says("/record off", "/quit")
    ada.hears_all()
    ada = talk(server, "ADA")
    assert catches_up(ada) == [NOT_YOU]
    ada.says("a secret")
    catches_up(ada)
    assert read() == []


def test_a_no_outlives_the_server(room, talk, read):
    server = room()
    ada = talk(server, "ada")
    ada.says("/record off")
    catches_up(ada)
    stop(server, ada)
    ada = talk(server := room(), "ada")
    assert catches_up(ada) == [NOT_YOU]
    ada.says("a secret")
    catches_up(ada)
    assert read() == []


def test_where_it_asks_nobody_is_recorded_who_has_not_agreed(room, talk, read, found):
    server = room(asks=True)
    ada, grace = talk(server, "ada"), talk(server, "grace")
    assert catches_up(grace) == [ASKS]
    ada.says("TOKEN", "/record on", "hello")
    grace.hears("[ada] TOKEN", "[ada] hello")
    assert read() == [("ada", "hello")]
    assert found("TOKEN") == []
    stop(server, ada, grace)
    assert catches_up(talk(room(asks=True), "ada"))[0] == ASKS  # whoever it is today has not been asked


def test_a_newcomer_is_told_the_last_lines_with_their_time(room, talk):
    server = room(replay=2)
    ada = talk(server, "ada")
    ada.says("1", "2", "3")
    catches_up(ada)
    told = catches_up(talk(server, "grace"))
    kinds = [line[0] for line in told]
    assert sorted(kinds) == ["!", "~", "~"]
    remembered = [line for line in told if line[0] == "~"]
    assert [line.partition(" [")[2] for line in remembered] == ["ada] 2", "ada] 3"]
    assert all(line[1:23].strip().endswith("Z") for line in remembered)


def test_a_newcomer_after_a_restart_is_told_too(room, talk):
    server = room()
    ada = talk(server, "ada")
    ada.says("from before")
    catches_up(ada)
    stop(server, ada)
    told = catches_up(talk(room(), "grace"))
    assert [line.partition(" [")[2] for line in told if line[0] == "~"] == ["ada] from before"]


def test_a_newcomer_misses_and_doubles_nothing_that_is_said_meanwhile(room, talk):
    server = room(replay=20)
    ada = talk(server, "ada")
    over = threading.Event()

    def count():
        number = 0
        with suppress(OSError):
            while not over.is_set():
                ada.says(*(str(number + n) for n in range(5)))
                number += 5
                over.wait(0.0005)

    counting = threading.Thread(target=count)
    counting.start()
    try:
        for n in range(30):
            newcomer = talk(server, f"n{n}")
            numbers = []
            live = 0
            while live < 10:
                line = newcomer.hears_a_line()
                if "[ada] " in line:
                    numbers.append(int(line.rpartition(" ")[2]))
                    live += line.startswith("[")
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
            newcomer.leaves()
    finally:
        over.set()
        counting.join()


def test_forgetting_removes_what_one_said(room, talk, read, found):
    server = room()
    ada, grace = talk(server, "ada"), talk(server, "grace")
    catches_up(ada), catches_up(grace)
    ada.says("TOKEN 1", "TOKEN 2")
    grace.hears("[ada] TOKEN 1", "[ada] TOKEN 2")
    grace.says("hello")
    ada.hears("[grace] hello")
    ada.says("/forget")
    ada.hears("! 2 lines of yours removed for good")
    assert read() == [("grace", "hello")]
    assert found("TOKEN") == []
    assert "TOKEN" not in " ".join(catches_up(talk(server, "linus")))


def test_forgetting_covers_what_came_in_the_same_packet(room, talk, found):
    server = room()
    ada = talk(server, "ada")
    catches_up(ada)
    ada.sends(b"TOKEN\n/forget\n")
    ada.hears("! 1 line of yours removed for good")
    assert found("TOKEN") == []


@pytest.mark.fault(22, 41)
def test_a_flood_of_choices_is_written_once_a_round_and_before_anybody_is_told(room, talk, path, monkeypatch):
    written, write = [], Store.set_refusals
    monkeypatch.setattr(
        Store, "set_refusals", lambda store, chosen: written.append(chosen) or write(store, chosen)
    )
    ada = talk(room(), "ada")
    ada.hears(REMEMBERS)
    ada.sends(b"/record on\nkeep this\n/record off\n" * 1000)
    for _ in range(1000):
        ada.hears(REMEMBERS, NOT_YOU)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT name FROM refusals").fetchall() == [("ada",)]
        assert db.execute("SELECT count(*) FROM lines").fetchone() == (1000,)
    assert len(written) < 500


@pytest.mark.fault(41)
def test_one_choice_too_many_is_kept_to_and_told_but_does_not_outlive_a_goodbye(
    room, talk, read, monkeypatch
):
    monkeypatch.setattr("chatkit.consent.MOST", 0)
    server = room()
    ada = talk(server, "ada")
    ada.hears(REMEMBERS)
    ada.says("/record off", "TOKEN")
    ada.hears_an_error("not what you say while you are here", "ends when you leave")
    ada.leaves()
    eventually(lambda: not server.clients())
    ada = talk(server, "ada")
    ada.hears(REMEMBERS)
    ada.says("hello")
    catches_up(ada)
    assert read() == [("ada", "hello")]
    assert server.history.choices() == {}


def test_a_flood_of_forget_costs_the_room_no_more_than_one_in_each_packet(room, talk, found, monkeypatch):
    server = room()
    asked, forget = [], server.history.forget
    monkeypatch.setattr(server.history, "forget", lambda name: asked.append(name) or forget(name))
    ada = talk(server, "ada")
    catches_up(ada)
    ada.sends(b"TOKEN\n" + b"/forget\n" * 500 + b"TOKEN\n/forget\n")
    ada.hears("! 1 line of yours removed for good", *["! 0 lines of yours removed for good"] * 499)
    ada.hears("! 1 line of yours removed for good")
    assert 2 <= len(asked) < 10  # a packet may come in pieces
    assert found("TOKEN") == []


@pytest.mark.fault(40)
def test_a_lock_pauses_the_history_and_not_the_room(room, talk, path, read):
    server = room()
    ada, grace = talk(server, "ada"), talk(server, "grace")
    catches_up(ada), catches_up(grace)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ada.says(*(str(n) for n in range(100)))
    paused = "* history paused: another program has locked the file; what is said now is not kept"
    heard = grace.hears_until("[ada] 99") + catches_up(grace)
    assert [line for line in heard if line[0] != "["] == [paused]
    assert [line for line in heard if line[0] == "["] == [f"[ada] {n}" for n in range(100)]
    assert catches_up(ada) == [paused]
    other.close()
    grace.hears("* history goes on; 100 lines were not kept")  # though nobody speaks
    ada.says("after")
    grace.hears("[ada] after")
    assert read() == [("ada", "after")]


@pytest.mark.fault(40)
def test_a_full_disk_pauses_the_history_and_not_the_room(room, talk, read):
    server = room()
    ada, grace = talk(server, "ada"), talk(server, "grace")
    catches_up(ada), catches_up(grace)
    db = server.history._store._db
    db.execute("PRAGMA max_page_count = 1")
    ada.says(*["x" * 3000] * 5)
    heard = grace.hears_until("* history paused: the disk is full; what is said now is not kept")
    while len(heard) < 6:
        heard.append(grace.hears_a_line())
    assert sum(line == f"[ada] {'x' * 3000}" for line in heard) == 5
    db.execute("PRAGMA max_page_count = 1000000")
    ada.says("more")
    grace.hears("[ada] more")


@pytest.mark.fault(40)
@pytest.mark.parametrize("content", [b"my diary\n" * 99, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_server_does_not_start_on_a_file_that_is_no_history(engine, path, nothing_left, content):
    path.write_bytes(content)
    server = ChatServer(port=0, engine=engine, history=History(path))
    with pytest.raises(HistoryError, match="cannot be used as a history"):
        server.start()
    assert path.read_bytes() == content
    path.unlink()
    with server:  # and it starts once the file is out of the way
        assert not is_free(server.address)


def test_a_server_can_be_stopped_and_started_again(room, talk, read):
    server = room()
    for text in ("one", "two"):
        ada = talk(server, "ada")
        ada.says(text)
        catches_up(ada)
        stop(server, ada)
        server.start()
    assert [text for _, text in read()] == ["one", "two"]


def test_what_is_said_last_is_kept(room, talk, read):
    server = room()
    ada = talk(server, "ada")
    ada.says("last words", "/quit")
    ada.hears_all()
    stop(server, ada)
    assert read() == [("ada", "last words")]


def test_nobody_can_put_words_into_the_history_of_another(room, talk, read):
    server = room()
    ada = talk(server, "ada")
    ada.says("[grace] forged", "~ 2026-11-22T12:00:00Z [grace] forged", "x\r* grace has left the room")
    catches_up(ada)
    assert {name for name, _ in read()} == {"ada"}


def test_chatkits_own_client_understands_it_all(room, talk):
    server = room()
    talk(server, "grace").says("hello")
    eventually(lambda: server.history.last())
    with ChatClient(*server.address, "ada") as ada:
        heard = [ada.receive(PATIENCE) for _ in range(2)]
        while not any(is_told(getattr(message, "text", "")) for message in heard):
            heard.append(ada.receive(PATIENCE))
        assert any(type(message).__name__ == "Remembered" for message in [*heard, ada.receive(PATIENCE)])


@pytest.mark.fault(38)
def test_who_leaves_in_the_middle_of_a_round_is_sent_nothing_that_is_not_kept(serve, path, hold, monkeypatch):
    server = serve(history=History(path), limits=Limits(stall_time=600))
    early, flush = [], Connection.flush

    def flushes(connection):
        early.append(server._memory.has_news)
        flush(connection)

    monkeypatch.setattr("chatkit.switchboard.TICK", 0.0)  # everybody is looked after in every round
    ada = Talker(server.address, "ada", receive_buffer=4096)
    grace = Talker(server.address, "grace")
    with closing(ada.socket), closing(grace.socket):
        catches_up(grace)
        grace.says(*["x" * 4000] * 500)
        eventually(lambda: any(server.outboxes.values()))
        monkeypatch.setattr(Connection, "flush", flushes)
        with hold(server, grace):
            grace.says("a secret")
            ada.says("/quit")
        grace.hears_until("* ada has left the room")
    assert early
    assert not any(early)


@pytest.mark.fault(36)
@pytest.mark.parametrize("method", ["last", "choose", "forget"])
def test_a_bug_in_what_the_history_is_asked_costs_nobody_their_seat(room, talk, monkeypatch, caplog, method):
    server = room()
    ada, grace = talk(server, "ada"), talk(server, "grace")
    catches_up(ada), catches_up(grace)
    monkeypatch.setattr(server.history, method, lambda *_: 1 / 0)
    ada.says("/record off", "/forget", "hello")
    heard, failure = grace.hears_until("[ada] hello"), "* the history has failed; from now on nothing is kept"
    linus = talk(server, "linus")
    eventually(lambda: heard.extend(catches_up(grace)) or failure in heard)
    assert [*heard, *catches_up(grace)].count(failure) == 1
    catches_up(linus)
    answers = [line for line in catches_up(ada) if "of yours" in line or "still in it" in line]
    failed = "! the history has failed; what it has of you is still in it"
    assert answers == ["! 0 lines of yours removed for good" if method == "last" else failed]
    assert caplog.text.count("ZeroDivisionError") == 1


@pytest.mark.fault(36)
def test_a_bug_in_the_history_costs_nobody_a_line(room, talk, read, monkeypatch, caplog):
    server = room()
    ada, grace = talk(server, "ada"), talk(server, "grace")
    catches_up(ada), catches_up(grace)
    ada.says("kept")
    grace.hears("[ada] kept")
    monkeypatch.setattr(server.history, "record", lambda said: 1 / 0)
    ada.says("not kept")
    heard = [*grace.hears_until("[ada] not kept"), *catches_up(grace)]
    assert heard.count("* the history has failed; from now on nothing is kept") == 1
    assert catches_up(talk(server, "linus")) == []  # it promises nothing
    assert read() == [("ada", "kept")]
    assert caplog.text.count("ZeroDivisionError") == 1


@pytest.mark.fault(33, 41)
def test_a_stop_waits_until_the_history_is_closed(serve, path):
    closing, go = threading.Event(), threading.Event()

    class Slow(History):
        def close(self):
            closing.set()
            go.wait(PATIENCE)
            super().close()

    server = serve(history=Slow(path))
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    assert closing.wait(PATIENCE)
    stopping.join(1.5)
    waits = stopping.is_alive()
    go.set()
    stopping.join(PATIENCE)
    assert waits
