"""The end, however it comes and whatever is going on: everybody is told in time, and nothing breaks."""

import contextlib
import os
import signal
import threading

import pytest
from program import Program
from talker import PATIENCE, Talker

from chatkit import ChatServer

GOODBYE = "! the server is stopping; goodbye"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def floods(talker):
    with contextlib.suppress(OSError):
        while True:
            talker.says(*["flood " * 40] * 20)


def hears_all(talker, heard):
    """Read on and on, as fast as may be, and keep the last line."""
    tail = b""
    with contextlib.suppress(OSError):
        while chunk := talker.socket.recv(1 << 20):
            tail = (tail + chunk)[-300:]
    heard.append(tail.decode().splitlines()[-1])


@pytest.fixture
def program(nothing_left):
    programs = []

    def _program(*words):
        programs.append(Program("serve", 0, *words))
        line = programs[-1].prints_until("listening on")
        programs[-1].address = ("127.0.0.1", int(line.split()[-1]))
        return programs[-1]

    yield _program
    for each in programs:
        each.close()


def flooded(address):
    """A reader and four who flood, and the threads of them all, begun; `heard` has the reader's last line."""
    reader, *flooders = talkers = [Talker(address, f"guest{each}") for each in range(5)]
    heard = []
    threads = [threading.Thread(target=floods, args=(each,)) for each in flooders]
    threads += [threading.Thread(target=hears_all, args=(each, [])) for each in flooders]
    threads += [threading.Thread(target=hears_all, args=(reader, heard))]
    for thread in threads:
        thread.start()
    return talkers, threads, heard


@pytest.mark.fault(33)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM] * 3)
def test_a_signal_under_load_ends_it_in_time(engine, program, number, nothing_left):
    server = program("--engine", engine)
    frozen = Talker(server.address, "frozen", receive_buffer=4096)
    talkers, threads, _ = flooded(server.address)
    server.signal(number)
    status = server.process.wait(PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)
    for each in (frozen, *talkers):
        each.leaves()
    assert status == 0
    assert server.process.stderr.read() == b""


@pytest.mark.fault(33)
def test_who_reads_in_a_flood_is_told_of_the_end_behind_all_of_it(engine, nothing_left):
    server = ChatServer(port=0, engine=engine).start()
    talkers, threads, heard = flooded(server.address)
    server.stop(PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)
    for each in talkers:
        each.leaves()
    assert heard == [GOODBYE]


@pytest.mark.fault(33, 34)
def test_it_can_be_stopped_from_any_number_of_threads_and_again(engine, nothing_left):
    for _ in range(10):
        server = ChatServer(port=0, engine=engine).start()
        ada = Talker(server.address, "ada")
        threads = [threading.Thread(target=server.stop) for _ in range(6)]
        for thread in threads:
            thread.start()
        ada.hears(GOODBYE)
        ada.leaves()
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()
        server.stop()
