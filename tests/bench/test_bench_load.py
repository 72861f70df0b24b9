"""The load plays with real servers: what they do right is measured, what they do wrong is told."""

import os
import socket
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress

import pytest
from packet_filter import UNASKED_RESETS, lose
from talker import PATIENCE, eventually

from chatkit import ChatServer, Limits
from chatkit.bench import machine
from chatkit.bench.load import crowd as crowds
from chatkit.bench.load import joining, metronome, stalling, talking, timing
from chatkit.bench.load.book import Book
from chatkit.bench.load.crowd import Crowd
from chatkit.bench.load.dialects import DIALECTS
from chatkit.bench.load.ear import Faults
from chatkit.bench.machine import Held

PID = os.getpid()
SOON = 5.0  # seconds in which no thread of a busy machine waits for a core


@pytest.fixture(autouse=True)
def soon_settled(monkeypatch):
    monkeypatch.setattr(joining, "SETTLED", 0.1)


@pytest.fixture
def crowd(nothing_left):
    """`crowd(address)` are clients of a server, to be hung up at the end."""
    everybody = []

    def _crowd(address, lines=4, size=64, patience=PATIENCE):
        everybody.append(Crowd(address, Book(DIALECTS["budget chat"], lines, size)))
        everybody[-1].patience = patience
        return everybody[-1]

    yield _crowd
    for each in everybody:
        each.close()


class Liar:
    """A chat server that passes each line on as `lie(number, line)` has it; `number` counts all lines."""

    def __init__(self, lie):
        self.lie, self.count = lie, 0
        self.lock, self.members = threading.Lock(), {}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 14)
            self.threads.append(threading.Thread(target=self.serve, args=(sock,)))
            self.threads[-1].start()

    def serve(self, sock):
        sock.sendall(b"name?\n")
        with sock, sock.makefile("rb") as lines:
            name = lines.readline().strip()
            with self.lock:
                self.members[sock] = name
                sock.sendall(b"* here are some\n")
            try:
                for line in lines:
                    self.relay(sock, b"[" + name + b"] " + line)
            except OSError:
                pass

    def relay(self, speaker, line):
        with self.lock:
            self.count += 1
            for sock in self.members:
                if sock is not speaker:
                    sock.sendall(self.lie(self.count, line))


@contextmanager
def lying(lie):
    server = Liar(lie)
    try:
        yield server.address
    finally:
        server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
        for sock in list(server.members):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in server.threads:
            thread.join(PATIENCE)


LIES = {
    "drops": (lambda number, line: b"" if number == 9 else line, {"lost"}),
    "doubles": (lambda number, line: line * 2 if number == 9 else line, {"doubled"}),
    "alters": (
        lambda number, line: line[:20] + b"X" + line[21:] if number == 9 else line,
        {"lost", "altered"},
    ),
    "is right": (lambda number, line: line, set()),
}


class Swapper:
    """Keeps back every ninth line, and says it after the next one."""

    def __init__(self):
        self.kept = b""

    def __call__(self, number, line):
        if number % 9 == 0:
            self.kept = line
            return b""
        kept, self.kept = self.kept, b""
        return line + kept


def kinds(faults):
    return {kind for kind in ("lost", "doubled", "disordered", "altered", "echoed") if getattr(faults, kind)}


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_server_is_told_on(crowd, lie):
    how, expected = LIES[lie]
    with lying(how) as address:
        patience = SOON if "lost" in expected else PATIENCE
        told = talking.all_to_all(crowd(address, patience=patience), PID, 3, 0.0, 0.2)
    assert kinds(told.faults) == expected
    assert bool(told.trouble) == ("lost" in expected)


def test_a_server_that_changes_the_order_is_told_on(crowd):
    with lying(Swapper()) as address:
        told = talking.all_to_all(crowd(address, patience=SOON), PID, 2, 0.0, 0.2)
    assert "disordered" in kinds(told.faults)


def test_a_server_that_hangs_up_is_told_on(crowd):
    def hang_up(number, line):
        if number == 9:
            raise ConnectionError
        return line

    with lying(hang_up) as address:
        told = talking.all_to_all(crowd(address, patience=SOON), PID, 3, 0.0, 0.2)
    assert "hung up" in told.trouble or "said nothing" in told.trouble


def test_all_to_all_counts_what_everybody_hears(serve, crowd):
    told = talking.all_to_all(crowd(serve().address), PID, 5, 0.05, 0.2)
    assert told.trouble == ""
    assert told.faults == Faults()
    assert told.figures["deliveries"] > 0
    assert told.figures["rate"] == pytest.approx(told.figures["deliveries"] / told.span.seconds)
    assert 0 < told.figures["turn_p50"] <= told.figures["turn_p99"]


def test_however_short_a_play_is_somebody_speaks_twice_in_it(serve, crowd):
    told = talking.all_to_all(crowd(serve().address), PID, 3, 0.0, 0.0)
    assert told.trouble == ""
    assert told.figures["deliveries"] > 0
    assert told.figures["turn_p50"] > 0


def test_few_may_talk_to_many(serve, crowd):
    clients = crowd(serve().address)
    told = talking.all_to_all(clients, PID, 8, 0.0, 0.1, talkers=2)
    assert told.faults == Faults()
    assert not told.trouble
    assert [bool(said) for said in clients.book.said] == [True] * 2 + [False] * 6


def test_one_talks_to_many(serve, crowd):
    clients = crowd(serve().address)
    told = talking.one_to_many(clients, PID, 6, 0.0, 0.2)
    assert told.faults == Faults()
    assert not told.trouble
    assert clients.book.said[0] > 0
    assert not any(clients.book.said[1:])
    assert told.figures["deliveries"] > 0


def test_lines_as_long_as_the_protocol_allows_arrive(serve, crowd):
    told = talking.all_to_all(crowd(serve().address, size=4096), PID, 3, 0.0, 0.1)
    assert told.faults == Faults()
    assert not told.trouble


def test_a_delay_runs_from_the_time_when_the_line_was_due(serve, crowd):
    told = timing.latency(crowd(serve().address, lines=1), PID, 4, 200, 0.05, 0.3)
    assert told.trouble == ""
    assert told.faults == Faults()
    assert told.figures["deliveries"] >= (0.3 * 200 - 1) * 3
    assert 0 < told.figures["p50"] <= told.figures["p99"] <= told.figures["longest"]


class Jump:
    """A clock that stands still, but for each nap: then it is ten seconds later."""

    def __init__(self):
        self.clock = 0.0

    def time(self):
        return self.clock

    def sleep(self, seconds):
        self.clock += 10.0


def test_what_was_due_is_said_though_the_load_wakes_up_after_the_end(serve, crowd, monkeypatch):
    """Lines that nobody said would have no delay: a load that is late would hide that it was."""
    monkeypatch.setattr(metronome, "time", Jump())
    clients = crowd(serve().address, lines=1)
    clients.join(2)
    clients.begin()
    with closing(metronome.Metronome(clients, 2, 0.1, clients.members)) as beat:
        beat.run_for(1.0)
        assert clients.book.said == [5, 5]
        assert min(beat.late) >= 9
        assert timing._drain(clients, beat) == ""
        assert len(beat.delays) == 10


def test_what_a_server_owes_after_resets_may_come_later(serve, crowd, monkeypatch):
    looks = []

    def slowly(pid):
        looks.append(pid)
        return Held(100 if len(looks) < 5 else 98)

    monkeypatch.setattr(machine, "holds", slowly)
    told = timing.resets(crowd(serve().address, lines=1), PID, 6, 2, 100, 0.05, 0.0)
    assert told.trouble == ""
    assert told.faults == Faults()
    assert (told.figures["untold"], told.figures["told_twice"]) == (0, 0)
    assert told.figures["descriptors_leaked"] == 0


def test_a_slow_server_does_not_hide_its_delay_by_making_the_load_wait(crowd):
    """A server that halts for a while delays all lines that were due meanwhile, though nobody sent them."""

    def halt(number, line):
        if number == 5:
            time.sleep(0.3)
        return line

    with lying(halt) as address:
        told = timing.latency(crowd(address, lines=1), PID, 2, 100, 0.0, 0.6)
    assert told.figures["longest"] >= 0.25
    assert told.figures["p99"] >= 0.2


def test_the_stalled_are_cut_and_the_others_go_on(crowd, engine, nothing_left):
    limits = Limits(outbox=1 << 18)
    with ChatServer(port=0, engine=engine, limits=limits) as server:
        clients = crowd(server.address, lines=16)
        told = stalling.stalled(clients, PID, 6, 2, 0.05, 0.3)
        clients.close()
    assert told.trouble == ""
    assert told.faults == Faults()
    assert told.figures["cut"] == told.figures["sleepers"] == 2
    assert told.figures["kept"] > 0
    assert told.figures["growth"] < 64 << 20


@pytest.mark.skipif(sys.platform != "linux", reason="a filter of Linux loses the packet")
def test_who_is_cut_is_counted_though_the_reset_is_lost(crowd, engine, nothing_left, monkeypatch):
    """A kernel does not take it if what went before it did not fit into a full buffer."""
    with ChatServer(port=0, engine=engine, limits=Limits(outbox=1 << 18)) as server:
        clients = crowd(server.address, lines=16)
        begin = clients.begin

        def loses_resets():
            begin()
            for member in clients.members[-2:]:
                lose(member.sock, UNASKED_RESETS)

        monkeypatch.setattr(clients, "begin", loses_resets)
        told = stalling.stalled(clients, PID, 6, 2, 0.05, 0.3)
        clients.close()
    assert (told.trouble, told.faults, told.figures["cut"]) == ("", Faults(), 2)


def test_a_server_that_waits_for_the_stalled_is_seen_to_stand_still(crowd):
    with lying(lambda number, line: line) as address:
        clients = crowd(address, lines=16, size=1024, patience=SOON)
        told = stalling.stalled(clients, PID, 3, 1, 0.0, 0.3)
        clients.close()
    assert "with 1 asleep, the server has said nothing" in told.trouble
    assert told.figures["cut"] == 0


def test_everybody_who_joins_at_once_is_told_of_everybody_else(serve, crowd):
    told = joining.joins(crowd(serve().address), PID, 60)
    assert told.faults == Faults()
    assert told.figures["rate"] > 0


def test_a_notice_that_comes_late_is_not_lost(serve, crowd, monkeypatch):
    """A thread of a busy server gets no core for a while: so long nobody hears anything."""
    clients, waits = crowd(serve().address), []
    settle, find_faults = clients.settle, joining.find_faults
    monkeypatch.setattr(clients, "settle", waits.append)
    monkeypatch.setattr(joining, "find_faults", lambda crowd: Faults(lost=len(waits) % 2))
    assert joining.joins(clients, PID, 12).faults == Faults()
    assert waits == [joining.SETTLED, clients.patience]
    eventually(lambda: settle(0.1) or not find_faults(clients).lost)
    assert find_faults(clients) == Faults()


def test_who_is_not_told_of_a_newcomer_is_counted(serve, crowd):
    clients = crowd(serve().address)
    joining.joins(clients, PID, 12)
    first = max(clients.kept, key=lambda number: sum(map(len, clients.kept[number])))
    other = next(number for number in clients.kept if number != first)
    clients.kept[other] = [b"* The room contains: u0000, u0000\n"]
    faults = joining.find_faults(clients)
    assert faults.lost >= 10
    assert faults.doubled == (1 if other else 0) or faults.echoed


def test_the_silent_have_their_cost(serve, crowd):
    told = joining.idle(crowd(serve().address), PID, 30)
    assert set(told.figures) <= {"bytes"}


def test_a_newcomer_who_is_turned_away_ends_the_play(crowd, engine, nothing_left):
    with ChatServer(port=0, engine=engine, limits=Limits(clients=2)) as server:
        clients = crowd(server.address)
        with pytest.raises(crowds.Stuck, match="hung up on newcomer 3"):
            clients.join(3)
        clients.close()
