"""Both engines tell the same events; only who waits differs."""

import sys
import threading

import pytest
from talker import PATIENCE, Talker

from chatkit import Limits
from chatkit.connection import Connection
from chatkit.engine import Engine, Happened
from chatkit.engines import ENGINES
from chatkit.listener import Listener


class Board:
    """What a switchboard does with an engine, and no more: it keeps what has happened."""

    def __init__(self, kind):
        self.listener = Listener("127.0.0.1", 0)
        self.engine = ENGINES[kind](self.listener.socket, self.accept)
        self.engine.start()
        self.connections = []

    def accept(self):
        accepted = self.listener.accept()
        return Connection(*accepted, Limits()) if accepted else None

    def waits(self, timeout=PATIENCE):
        """Wait once; return what happened, each as its kind and its lines."""
        events = self.engine.wait(timeout)
        for event in events:
            if event.happened is Happened.ARRIVED:
                self.connections.append(event.connection)
            event.connection.ended |= event.happened is Happened.ENDED
        return [(event.happened, event.lines) for event in events]

    def waits_for(self, happened):
        """Wait until it has happened, and return its lines."""
        for _ in range(100):
            for kind, lines in self.waits():
                if kind is happened:
                    return lines
        raise AssertionError(f"{happened} has not happened")

    def lets_in(self):
        """Let a newcomer in, and return it with its connection."""
        newcomer = Talker(self.listener.address)
        self.waits_for(Happened.ARRIVED)
        self.engine.add(self.connections[-1])
        return newcomer, self.connections[-1]

    def stops(self):
        self.engine.stop_accepting(self.listener.close)
        for connection in self.connections:
            connection.abort("the test is over")
        while not all(connection.ended for connection in self.connections):
            assert self.waits()
        for connection in self.connections:
            if connection.sock.fileno() != -1:
                self.engine.remove(connection)
        self.engine.stop(PATIENCE)


@pytest.fixture
def board(engine, nothing_left):
    each = Board(engine)
    yield each
    each.stops()


@pytest.fixture
def ada(board):
    """A client who has been let in, with its connection on the server's side as `ada.connection`."""
    newcomer, newcomer.connection = board.lets_in()
    yield newcomer
    newcomer.socket.close()


def test_there_are_two_and_each_knows_how_many_clients_it_can_bear():
    many = 500 if sys.platform == "win32" else 10_000
    assert {name: kind.max_clients for name, kind in ENGINES.items()} == {"threads": 1_000, "selectors": many}


def test_whoever_connects_has_arrived(board):
    newcomer = Talker(board.listener.address)
    assert board.waits_for(Happened.ARRIVED) == []
    newcomer.leaves()
    board.engine.add(board.connections[0])


def test_a_crowd_arrives_whole(board):
    crowd = [Talker(board.listener.address) for _ in range(250)]
    while len(board.connections) < len(crowd):
        board.waits_for(Happened.ARRIVED)
    for newcomer, connection in zip(crowd, board.connections, strict=True):
        newcomer.leaves()
        board.engine.add(connection)


def test_what_a_client_says_comes_as_whole_lines(board, ada):
    ada.says("hello", "bye")
    assert board.waits_for(Happened.SPOKE) == [b"hello", b"bye"]


def test_half_a_line_is_no_line_yet(board, ada):
    ada.sends(b"half ")
    assert board.waits_for(Happened.SPOKE) == []
    ada.sends(b"a line\n")
    assert board.waits_for(Happened.SPOKE) == [b"half a line"]


@pytest.mark.parametrize("way", ["leaves", "resets", "half_closes"])
def test_every_way_of_leaving_is_one_end(board, ada, way):
    getattr(ada, way)()
    board.waits_for(Happened.ENDED)
    board.engine.remove(ada.connection)
    board.engine.ring()
    assert board.waits() == []


def test_what_was_said_before_the_end_comes_before_it(board, ada):
    ada.says("bye")
    ada.leaves()
    assert board.waits_for(Happened.SPOKE) == [b"bye"]
    board.waits_for(Happened.ENDED)


@pytest.mark.fault(22)
def test_a_client_that_floods_is_read_once_a_round(board, ada, monkeypatch):
    reads = []
    read = Connection.read
    monkeypatch.setattr(Connection, "read", lambda each: reads.append(1) or read(each))
    flood = threading.Thread(target=ada.sends, args=(b"flood\n" * 300_000,))
    flood.start()
    for rounds in range(1, 21):
        board.waits_for(Happened.SPOKE)
        assert len(reads) <= rounds + 1  # a thread may be one ahead
    flood.join()


@pytest.mark.fault(22)
def test_a_flood_keeps_nobody_else_waiting(board, ada):
    grace, _ = board.lets_in()
    flood = threading.Thread(target=ada.sends, args=(b"flood\n" * 500_000,))
    flood.start()
    board.waits_for(Happened.SPOKE)
    grace.says("hello")
    said = []
    while [b"hello"] not in said:
        said += [lines for _, lines in board.waits()]
    assert sum(map(len, said)) < 400_000
    while flood.is_alive():
        board.waits(0.1)
    grace.leaves()


def test_when_nothing_happens_the_wait_ends_in_time(board):
    assert board.waits(0.01) == []


def test_a_bell_rung_before_the_wait_ends_it(board):
    board.engine.ring()
    assert board.waits() == []


def test_a_bell_rung_ten_thousand_times_does_not_block_the_ringer(board):
    for _ in range(10_000):
        board.engine.ring()
    board.waits()


def test_any_thread_may_ring(board):
    threading.Timer(0.01, board.engine.ring).start()
    assert board.waits() == []


def test_a_stalled_socket_is_watched_until_it_takes_bytes_again(board, ada):
    connection = ada.connection
    connection.queue(b"x" * 20_000_000)
    connection.flush()
    assert connection.stalled
    board.engine.watch(connection)
    received = 0
    while connection.queued:
        while received < 20_000_000 - connection.queued:
            received += len(ada.socket.recv(1 << 20))
        board.waits_for(Happened.WRITABLE)
        connection.flush()
        board.engine.watch(connection)
    board.engine.ring()
    assert board.waits() == []


def test_an_ended_connection_that_is_stalled_is_watched_for_writing_only(board, ada):
    connection = ada.connection
    connection.queue(b"x" * 20_000_000)
    connection.flush()
    ada.half_closes()
    board.waits_for(Happened.ENDED)
    board.engine.watch(connection)
    board.engine.ring()
    assert board.waits() == []
    while ada.socket.recv(1 << 20):
        if (Happened.WRITABLE, []) in board.waits(0):
            break
    else:
        raise AssertionError("it was never writable")


def test_a_removed_connection_is_closed(board, ada):
    ada.leaves()
    board.waits_for(Happened.ENDED)
    board.engine.remove(ada.connection)
    assert ada.connection.sock.fileno() == -1


def test_no_more_threads_is_an_error_and_leaves_nothing(engine, board, monkeypatch):
    if engine == "selectors":
        pytest.skip("this engine starts no thread for a client")

    def start(self):
        raise RuntimeError("can't start new thread")

    newcomer = Talker(board.listener.address)
    board.waits_for(Happened.ARRIVED)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            board.engine.add(board.connections[0])
    board.connections.pop().sock.close()
    newcomer.hears_the_end()
    newcomer.leaves()


def test_each_reader_has_a_thread_with_its_clients_address(engine, board, ada):
    names = [thread.name for thread in threading.enumerate()]
    assert names.count(f"chatkit reader of {ada.connection.peer}") == (engine == "threads")


def test_a_stop_ends_the_readers_of_those_who_have_been_cut(engine, nothing_left):
    before = set(threading.enumerate())
    board = Board(engine)
    ada, connection = board.lets_in()
    ada.says("hello")
    board.waits_for(Happened.SPOKE)
    connection.abort("server stopped")
    board.engine.stop_accepting(board.listener.close)
    board.engine.stop(PATIENCE)
    assert not [thread.name for thread in threading.enumerate() if thread not in before]
    connection.sock.close()
    ada.leaves()


def test_the_base_alone_waits_for_nothing_and_gives_back_what_it_holds(nothing_left):
    listener = Listener("127.0.0.1", 0)
    base = Engine(listener.socket, listener.accept)
    base.start()
    assert base.wait(0) == []
    base.stop_accepting(listener.close)
    assert listener.socket.fileno() == -1
    base.stop(PATIENCE)
