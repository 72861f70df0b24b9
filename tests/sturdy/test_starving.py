"""Out of memory, or a bug where nobody expects one: it costs the client it is about, and nobody else."""

import contextlib
import os
import subprocess
import sys
import threading

import pytest
from talker import PATIENCE, Talker

from chatkit import Limits
from chatkit.connection import Connection
from chatkit.engine import Happened
from chatkit.framing import LineReader


def breaks_for(monkeypatch, method, is_victim, error):
    """Have this method of a connection raise `error` for the victim."""
    works = getattr(Connection, method)

    def breaks(self, *args):
        if is_victim(self):
            raise error
        return works(self, *args)

    monkeypatch.setattr(Connection, method, breaks)


@pytest.mark.fault(36)
@pytest.mark.parametrize("method", ["queue", "flush", "overdue"])
@pytest.mark.parametrize("error", [MemoryError(), ZeroDivisionError("a bug")], ids=["memory", "bug"])
def test_no_memory_for_an_outbox_costs_one_client(serve, gather, monkeypatch, caplog, method, error):
    server = serve()
    ada, grace, linus = gather(server, "ada", "grace", "linus")
    victim = server.room.holder("ada")
    breaks_for(monkeypatch, method, lambda connection: connection is victim and not victim.aborted, error)
    grace.says("hello", "again")
    assert set(linus.hears_until("[grace] again")) >= {"[grace] hello", "[grace] again"}
    grace.hears_until("* ada has left the room (server error)")
    ada.hears_all()
    assert type(error).__name__ in caplog.text


@pytest.mark.fault(36)
def test_a_bug_while_reading_costs_one_client(serve, gather, monkeypatch, caplog):
    server = serve()
    ada, grace, linus = gather(server, "ada", "grace", "linus")
    feed = LineReader.feed

    def breaks(self, chunk):
        return feed(self, chunk) if b"magic" not in chunk else 1 / 0

    monkeypatch.setattr(LineReader, "feed", breaks)
    ada.says("magic")
    grace.hears("* ada has left the room (server error)")
    linus.hears("* ada has left the room (server error)")
    grace.says("still here?")
    linus.hears("[grace] still here?")
    assert "ZeroDivisionError" in caplog.text


def test_a_hook_may_stop_the_server(serve, gather, monkeypatch):
    before = set(threading.enumerate())  # another test may have left a broken server on purpose
    server = serve(limits=Limits(linger=0.05))
    ada, grace = gather(server, "ada", "grace")
    hear_all = server.room.hear_all

    def stops(guest, lines):
        if b"stop it" in lines:
            server.stop()
        return hear_all(guest, lines)

    monkeypatch.setattr(server.room, "hear_all", stops)
    ada.says("stop it")
    for each in (ada, grace):
        assert each.hears_all()[-1] == "! the server is stopping; goodbye"
        each.leaves()
    server.stop()
    assert not any("switchboard" in thread.name for thread in set(threading.enumerate()) - before)


LITTLE_MEMORY = """
import json, resource, sys
from chatkit import ChatServer, Limits
limits = Limits(stall_time=600, outbox=1 << 30, stalled=1 << 30)
with ChatServer(port=0, engine=sys.argv[1], limits=limits) as server:
    print(server.address[1], flush=True)
    sys.stdin.readline()
    size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + (30 << 20), resource.RLIM_INFINITY))
    print("poor", flush=True)
    sys.stdin.readline()
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print("rich", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="not measured: no /proc here")
def test_without_memory_some_are_cut_and_the_room_lives_on(engine, nothing_left):
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", LITTLE_MEMORY, engine]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, bufsize=1) as process:
        address = ("127.0.0.1", int(process.stdout.readline()))
        grace = Talker(address, "grace")
        greedy = [Talker(address, f"greedy{number}", receive_buffer=4096) for number in range(10)]
        process.stdin.write("\n")
        assert process.stdout.readline() == "poor\n"
        for each in greedy:  # each asks for 20 MB of answers, and reads none
            with contextlib.suppress(ConnectionError, TimeoutError):
                each.socket.settimeout(0.5)
                each.sends(b"/help\n" * 160_000)
        process.stdin.write("\n")
        assert process.stdout.readline() == "rich\n"
        for each in greedy:
            each.resets()
        linus = Talker(address, "linus")
        grace.hears_until("* linus has entered the room")
        linus.says("is anybody there?")
        grace.hears_until("[linus] is anybody there?")
        for each in (grace, linus):
            each.leaves()
        process.stdin.close()
        told = process.stderr.read()
        assert process.wait(PATIENCE) == 0, told
        assert "Exception in thread" not in told, told


@pytest.mark.fault(28)
def test_a_flood_of_callers_is_let_in_by_the_hundred_and_in_between_those_inside_are_heard(
    serve, gather, talk, hold, monkeypatch
):
    server = serve()
    (ada,) = gather(server, "ada")
    wait, arrivals = server._engine.wait, []

    def counts(timeout):
        events = wait(timeout)
        arrivals.append(sum(event.happened is Happened.ARRIVED for event in events))
        return events

    with hold(server, ada):
        monkeypatch.setattr(server._engine, "wait", counts)
        crowd = [talk(server) for _ in range(400)]
    for each in crowd:
        each.hears_the_prompt()
    assert sum(arrivals) == 400
    assert max(arrivals) <= 100
