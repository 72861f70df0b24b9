"""Lessons and check say the same though the first packet of a connection is lost, and sent again later.

A crowded loopback loses packets like any network: what a processor's queue has no room for
(`net.core.netdev_max_backlog`) is dropped. A second later it is sent again: RFC 6298, section 2.
"""

import sys
import threading
from contextlib import contextmanager

import pytest
import rerun
from packet_filter import EVERYTHING, lose, lose_nothing
from talker import eventually

from chatkit import ChatServer
from chatkit.check import Verdict, check

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a filter of Linux loses the packet")

SYN_SENT = "02"  # net/tcp_states.h


@contextmanager
def losing_the_first_packet(listener):
    """Have `listener` lose who calls, until somebody has called."""
    port, over = listener.getsockname()[1], threading.Event()
    lose(listener, EVERYTHING)

    def find_again():
        eventually(lambda: is_calling(port) or over.is_set())
        lose_nothing(listener)

    finder = threading.Thread(target=find_again)
    finder.start()
    try:
        yield
    finally:
        over.set()
        finder.join()


def is_calling(port):
    """Say whether somebody calls that port and has had no answer."""
    with open("/proc/net/tcp") as table:
        return any(f":{port:04X} {SYN_SENT} " in line for line in table)


def lesson(number, names):
    """Return what these cells of a lesson define."""
    [path] = (path for path in rerun.NOTEBOOKS if path.name.startswith(number))
    cells = {cell.id: cell.source.replace("%load_ext", "# ") for cell in rerun.code_cells(rerun.read(path))}
    defined = {}
    for name in names:
        exec(cells[name], defined)
    return cells, defined


def test_lesson_1_says_that_connect_comes_back():
    cells, defined = lesson("01", ["two-sockets", "caller"])
    defined["listener"].listen()
    guesses = []
    defined["early"] = type("Early", (), {"reveal": guesses.append})
    with defined["listener"], defined["client"], losing_the_first_packet(defined["listener"]):
        exec(cells["connect"], defined)
    assert guesses == ["it comes back, connected"]


def test_lesson_1_says_that_a_call_gets_through():
    _, defined = lesson("01", ["two-sockets", "caller"])
    defined["listener"].listen()
    with defined["listener"], defined["client"], losing_the_first_packet(defined["listener"]):
        assert defined["call"](defined["address"]) == "it gets through"


def test_lesson_3_hears_an_echo(capsys):
    cells, defined = lesson("03", ["ready", "one-by-one", "call-and-hear"])
    with losing_the_first_packet(defined["room"].server.sockets[0]):
        exec(cells["ada-calls"], defined)
    defined["ada"].close()
    defined["room"].stop()
    assert capsys.readouterr().out == "ada hears: hello\n"


def test_an_impatient_check_does_not_accuse_a_server_of_what_the_network_lost():
    only = ["the_server_asks_for_a_name"]
    with ChatServer(port=0) as server, losing_the_first_packet(server._listener.socket):
        verdicts = check(server.address, only=only, patience=0.3).verdicts
    assert verdicts == {only[0]: Verdict.KEPT}
