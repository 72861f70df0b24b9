"""The states of a first conversation: what a learner reads after each call."""

import socket

import pytest
from talker import PATIENCE

from chatkit.lab import kernel
from chatkit.lab.states import States

pytestmark = pytest.mark.skipif(not kernel.available, reason="it is Linux that tells of sockets nobody holds")


@pytest.fixture
def pair():
    listener, client = socket.socket(), socket.socket()
    with listener, client:
        listener.settimeout(PATIENCE)
        yield listener, client


def test_each_call_changes_what_it_says(pair):
    listener, client = pair
    states = States(listener, client)
    states.after("socket")
    listener.bind(("127.0.0.1", 0))
    states.after("bind")
    listener.listen()
    states.after("listen")
    client.connect(listener.getsockname())
    states.after("connect")
    server, _ = listener.accept()
    states.after("accept")
    client.sendall(b"hello\n")
    states.after("sendall")
    server.recv(1024)
    states.after("recv")
    client.close()
    states.after("client.close")
    server.close()
    states.after("server.close")
    listener.close()
    assert states.after("listener.close").rows == states.rows[-1:]
    assert [row[1:] for row in states.rows] == [
        ("CLOSED", "CLOSED", "-"),
        ("CLOSED", "CLOSED", "-"),
        ("LISTEN", "CLOSED", "-"),
        ("LISTEN", "ESTABLISHED", "ESTABLISHED, not accepted yet"),
        ("LISTEN", "ESTABLISHED", "ESTABLISHED"),
        ("LISTEN", "ESTABLISHED", "ESTABLISHED, 6 bytes unread"),
        ("LISTEN", "ESTABLISHED", "ESTABLISHED"),
        ("LISTEN", "FIN_WAIT2", "CLOSE_WAIT"),
        ("LISTEN", "TIME_WAIT", "-"),
        ("-", "TIME_WAIT", "-"),
    ]


def test_another_caller_is_not_taken_for_the_client(pair):
    listener, client = pair
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    states = States(listener, client)
    with socket.create_connection(listener.getsockname()):
        states.after("somebody else called")
    assert states.last.client == "CLOSED"
    assert states.last.server == "-"


def test_it_reads_as_a_table_whose_columns_stand_below_one_another(pair):
    states = States(*pair)
    states.after("socket")
    pair[0].bind(("127.0.0.1", 0))
    head, *rows = repr(states).splitlines()
    assert head.split() == ["after", "listener", "client", "server"]
    assert [row.index("CLOSED") for row in rows] == [head.index("listener")]
    assert repr(states.after("bind")).splitlines()[0] == head
