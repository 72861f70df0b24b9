"""A well-behaved wire is not there: both ends see through it what they see without it, and nothing stays."""

import errno
import hashlib
import os
import random
import socket
import subprocess
import threading

import pytest
from peers import Meeting
from talker import PATIENCE, Talker, eventually, free_port, is_free

from chatkit.errors import CannotListen, Unreachable
from chatkit.lab.events import EventLog, Kind, Way
from chatkit.lab.watch import READ, Watch
from chatkit.lab.wire import Wire
from chatkit.specimens.naive import Naive

pytestmark = pytest.mark.skipif(os.name != "posix", reason="what is compared is as POSIX has it")


@pytest.fixture
def meeting(nothing_left):
    meeting = Meeting()
    yield meeting
    meeting.close()


@pytest.fixture
def wired(nothing_left):
    """`wired(address)` is a wire to it; at the end it is stopped."""
    wires = []

    def _wired(address, *words, **options):
        wires.append(Wire(address, *words, **options).start())
        return wires[-1]

    yield _wired
    for wire in wires:
        wire.stop()


def told(log):
    """The log in short: the way, and the bytes or the goodbye."""
    arrows = {Way.TO_SERVER: ">", Way.TO_CLIENT: "<"}
    return [
        (arrows[event.way], event.data if event.kind is Kind.BYTES else event.kind.value)
        for event in log.events
        if event.kind is not Kind.CONNECTED
    ]


# The same with and without it. Each scene is played twice, and returns what was seen.


def client_closes(client, server):
    client.sends(b"bye\n")
    client.closes()
    seen = server.hears_all()
    server.closes()
    return seen


def server_closes(client, server):
    server.sends(b"bye\n")
    server.closes()
    seen = client.hears_all()
    client.closes()
    return seen


def client_half_closes(client, server):
    client.sends(b"question")
    client.half_closes()
    question = server.hears_all()
    server.sends(b"answer")
    server.closes()
    return question, client.hears_all()


def server_half_closes(client, server):
    server.sends(b"question")
    server.half_closes()
    question = client.hears_all()
    client.sends(b"answer")
    client.closes()
    return question, server.hears_all()


def client_resets(client, server):
    client.sends(b"last words" * 500)
    client.resets()
    return server.hears_all()


def server_resets(client, server):
    server.sends(b"last words" * 500)
    server.resets()
    return client.hears_all()


def client_closes_unread(client, server):
    """Bytes that nobody has read make a reset of a close."""
    server.sends(b"unread")
    client.hears(1)
    client.closes()
    return server.hears_all()


def server_closes_unread(client, server):
    client.sends(b"unread")
    server.hears(1)
    server.closes()
    return client.hears_all()


def server_speaks_to_who_has_left(client, server):
    client.closes()
    return server.hears_all(), server.sends_in_vain()


def client_speaks_to_who_has_left(client, server):
    server.closes()
    return client.hears_all(), client.sends_in_vain()


def client_half_closes_and_resets(client, server):
    """The reset after a FIN cannot be read; only who asks, or sends, hears of it."""
    client.half_closes()
    seen = server.hears_all()
    client.resets()
    return seen, server.dies()


def server_half_closes_and_resets(client, server):
    server.half_closes()
    seen = client.hears_all()
    server.resets()
    return seen, client.dies()


def client_resets_while_the_server_does_not_read(client, server):
    server.sends(b"something")
    client.hears(9)
    client.sends(b"unread")
    client.resets()
    return server.dies(), server.hears_all()[0]


def both_half_close(client, server):
    client.sends(b"a")
    server.sends(b"b")
    client.half_closes()
    server.half_closes()
    return client.hears_all(), server.hears_all()


def nobody_says_a_word(client, server):
    client.closes()
    return server.hears_all()


def both_speak_at_once(client, server):
    text = random.Random(7).randbytes(3_000_000)
    heard = []
    threads = [threading.Thread(target=lambda p=p: heard.append(p.hears_all())) for p in (client, server)]
    threads += [
        threading.Thread(target=lambda p=p: (p.sends(text), p.half_closes())) for p in (client, server)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return [(hashlib.sha256(data).hexdigest(), goodbye) for data, goodbye in heard]


SCENES = [
    client_closes,
    server_closes,
    client_half_closes,
    server_half_closes,
    client_resets,
    server_resets,
    client_closes_unread,
    server_closes_unread,
    server_speaks_to_who_has_left,
    client_speaks_to_who_has_left,
    client_half_closes_and_resets,
    server_half_closes_and_resets,
    client_resets_while_the_server_does_not_read,
    both_half_close,
    nobody_says_a_word,
    both_speak_at_once,
]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_both_ends_see_what_they_see_without_it(meeting, wired, scene):
    wire = wired(meeting.address)
    direct = scene(*meeting.connect())
    assert scene(*meeting.connect(wire.address)) == direct


def test_a_reset_does_not_overtake_the_bytes_before_it(meeting, wired):
    wire = wired(meeting.address)
    for size in (1, 1000, 20_000):
        for _ in range(20):
            client, server = meeting.connect(wire.address)
            client.sends(b"x" * size)
            server.hears(1)
            client.resets()
            heard, goodbye = server.hears_all()
            assert (len(heard), goodbye) == (size - 1, "RST")


def test_a_reset_reaches_a_server_that_does_not_read(meeting, wired):
    wire = wired(meeting.address)
    client, server = meeting.connect(wire.address)
    client.fills()
    client.resets()
    assert server.dies() == errno.ECONNRESET
    assert any(event.lost for event in wire.log.events)


def test_who_is_not_read_comes_to_a_stop(meeting, wired):
    wire = wired(meeting.address)
    client, server = meeting.connect(wire.address)
    sent = client.fills()
    assert sent < 16 << 20
    assert sum(event.size for event in wire.log.events) <= sent
    client.half_closes()
    heard, goodbye = server.hears_all()
    assert (len(heard), goodbye) == (sent, "FIN")


def test_a_hundred_megabytes_pass_unharmed(meeting, wired):
    wire = wired(meeting.address)
    client, server = meeting.connect(wire.address)
    block = random.Random(1).randbytes(1 << 20)
    wanted, heard = hashlib.sha256(), hashlib.sha256()

    def send():
        for number in range(100):
            piece = number.to_bytes(4, "big") + block[4:]
            wanted.update(piece)
            client.sends(piece)
        client.half_closes()

    sender = threading.Thread(target=send)
    sender.start()
    while chunk := server.socket.recv(1 << 20):
        heard.update(chunk)
    sender.join()
    assert heard.digest() == wanted.digest()


def test_five_hundred_at_once_are_not_mixed_up(meeting, wired):
    wire = wired(meeting.address)
    clients = [socket.create_connection(wire.address, PATIENCE) for _ in range(500)]
    servers = [meeting.listener.accept()[0] for _ in clients]
    for number, client in enumerate(clients):
        client.sendall(b"%03d" % number)
    for server in servers:
        server.settimeout(PATIENCE)
        server.sendall(server.recv(3, socket.MSG_WAITALL)[::-1])
    heard = [each.recv(3, socket.MSG_WAITALL) for each in clients]
    assert heard == [(b"%03d" % number)[::-1] for number in range(500)]
    eventually(lambda: len(wire.local_ports) == 500)
    for each in (*clients, *servers):
        each.close()


# What it writes down


def test_the_log_tells_what_passed_in_that_order(meeting, wired):
    wire = wired(meeting.address, EventLog(), "ada")
    client, server = meeting.connect(wire.address)
    client.sends(b"hello\n")
    server.hears(6)
    server.sends(b"hi\n")
    client.hears(3)
    client.half_closes()
    server.hears_all()
    server.sends(b"bye\n")
    server.closes()
    client.hears_all()
    assert wire.log.wait_for(lambda events: len(events) == 6, PATIENCE)
    assert wire.log.events[0].kind is Kind.CONNECTED
    assert told(wire.log) == [(">", b"hello\n"), ("<", b"hi\n"), (">", "FIN"), ("<", b"bye\n"), ("<", "FIN")]
    eventually(lambda: all(event.arrived is not None for event in wire.log.events))
    assert {event.person for event in wire.log.events} == {"ada"}


def test_a_reset_is_written_down_and_what_it_cuts_off_is_lost(meeting, wired):
    wire = wired(meeting.address)
    client, server = meeting.connect(wire.address)
    wire.delay(60, Way.TO_CLIENT)
    server.sends(b"too late")
    assert wire.log.wait_for(lambda events: events[-1].kind is Kind.BYTES, PATIENCE)
    client.resets()
    server.hears_all()
    assert wire.log.wait_for(lambda events: events[-1].arrived is not None, PATIENCE)
    assert told(wire.log)[1:] == [("<", b"too late"), (">", "RST")]
    assert [event.lost for event in wire.log.events[2:]] == [True, False]


def test_without_a_person_connections_are_numbered(meeting, wired):
    wire = wired(meeting.address)
    meeting.connect(wire.address)
    meeting.connect(wire.address)
    eventually(lambda: {event.person for event in wire.log.events} == {"client 1", "client 2"})


def test_its_ports_name_the_server_s_sockets(meeting, wired):
    wire = wired(meeting.address, None, "ada")
    _client, server = meeting.connect(wire.address)
    eventually(lambda: wire.local_ports == {server.socket.getpeername()[1]: "ada"})


# Real servers and clients


def test_a_room_is_the_same_behind_it(serve, wired, talkers):
    wire = wired(serve().address)
    ada, grace = Talker(wire.address, "ada"), Talker(wire.address, "grace")
    talkers += [ada, grace]
    ada.hears("* grace has entered the room")
    grace.says("hello")
    ada.hears("[grace] hello")
    grace.resets()
    ada.hears("* grace has left the room (connection lost)")
    ada.says("/quit")
    ada.hears_the_end()
    assert ada.end == "FIN"


def test_a_naive_server_never_notices_a_polite_goodbye(wired, talkers):
    with Naive("127.0.0.1", 0) as server:
        wire = wired(server.address, None, "ada")
        ada = Talker(wire.address, "ada")
        talkers.append(ada)
        eventually(lambda: server.names == ["ada"])  # it lists who has joined only afterwards
        wire.hang_up()
        ada.hears_the_end()
        assert told(wire.log)[-1] == (">", "FIN")
        assert server.names == ["ada"]


def test_ncat_talks_through_it(serve, wired):
    wire = wired(serve().address)
    try:
        done = subprocess.run(
            ["ncat", *map(str, wire.address)], input=b"bot\n/quit\n", capture_output=True, timeout=PATIENCE
        )
    except FileNotFoundError:
        pytest.skip("this machine has no ncat")
    assert done.stdout.splitlines()[1] == b"* The room contains: "


# Its errors and its end


def test_a_server_that_is_not_there_is_a_reset_and_a_sentence(wired):
    wire = wired(("127.0.0.1", free_port()))
    with pytest.raises(ConnectionResetError), socket.create_connection(wire.address, PATIENCE) as client:
        client.recv(1)
    note, reset = wire.log.events
    assert note.words == "the server cannot be reached: connection refused"
    assert (reset.kind, reset.way) == (Kind.RST, Way.TO_CLIENT)


@pytest.mark.parametrize("server", [("no.such.host.invalid", 5), ("127.0.0.1", 70000)])
def test_a_server_that_cannot_be_is_told_at_the_start(server, nothing_left):
    with pytest.raises(Unreachable, match=f"there is no {server[0]} port {server[1]} to relay to: "):
        Wire(server).start()


def test_a_taken_port_is_told_at_the_start(meeting):
    with pytest.raises(CannotListen, match="another program listens there already"):
        Wire(meeting.address, port=meeting.address[1]).start()


def test_before_the_start_it_has_no_address():
    with pytest.raises(RuntimeError, match="once it has started"):
        _ = Wire(("127.0.0.1", 5)).address


@pytest.mark.parametrize("state", ["freeze", "go_silent", "behave", "half_close", "hang_up"])
def test_nothing_is_left_however_it_stood(meeting, wired, state):
    wire = wired(meeting.address)
    address = wire.address
    client, server = meeting.connect(address)
    getattr(wire, state)()
    client.sends(b"unread")
    wire.stop()
    wire.stop()
    eventually(lambda: is_free(address))
    for peer in (client, server):
        peer.hears_all()
    assert wire.local_ports == {}


def test_who_is_given_the_number_of_a_closed_socket_is_not_forgotten_with_it():
    watch, told = Watch(), []
    (gone, there), (late, here) = socket.socketpair(), socket.socketpair()
    with there, here, late:
        number = gone.fileno()
        watch.set(gone, READ, told.append)
        gone.close()
        with socket.socket(fileno=os.dup2(late.fileno(), number)) as newcomer:
            watch.set(newcomer, READ, told.append)
            watch.forget(gone, number)
            here.sendall(b"hello")
            watch.wait(1.0)
            assert told == [READ]
            watch.close()


def test_it_may_start_again(meeting, wired):
    wire = wired(meeting.address)
    wire.stop()
    assert wire.start() is wire
    client, server = meeting.connect(wire.address)
    client.sends(b"again")
    assert server.hears(5) == b"again"
