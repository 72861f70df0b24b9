"""Calling a server that is not there: to oneself, or without a port to call from; each is told in words."""

import errno
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress

import pytest
from talker import PATIENCE, free_port

from chatkit import ChatClient, errors
from chatkit.dial import dial


def call_itself(address, _seconds):
    """Return a socket that the kernel has joined to itself, as it may do where nobody listens."""
    sock = socket.socket()
    sock.bind(address[-1])
    sock.connect(address[-1])
    return sock


@pytest.fixture
def untouched_port():
    """A port that is not even in TIME_WAIT."""
    for port in iter(free_port, None):
        with suppress(OSError), socket.socket() as plain:
            plain.bind(("127.0.0.1", port))
            return port


@pytest.mark.fault(31)
def test_whoever_reaches_itself_has_reached_nobody(nothing_left, monkeypatch, untouched_port):
    monkeypatch.setattr("chatkit.dial._call", call_itself)
    with pytest.raises(errors.Refused, match=f"nothing listens at .* port {untouched_port}; is the server"):
        ChatClient("127.0.0.1", untouched_port, "ada").connect()


@pytest.mark.fault(31)
def test_whoever_reached_itself_leaves_the_port_to_the_server(nothing_left, monkeypatch, untouched_port):
    monkeypatch.setattr("chatkit.dial._call", call_itself)
    with pytest.raises(errors.Refused):
        ChatClient("127.0.0.1", untouched_port, "ada").connect()
    with socket.socket() as plain:  # without SO_REUSEADDR, so it must not even be in TIME_WAIT
        plain.bind(("127.0.0.1", untouched_port))


def no_port(_address, _seconds):
    raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")


@pytest.mark.fault(32)
def test_no_port_left_to_call_from_says_what_it_is(nothing_left, monkeypatch):
    monkeypatch.setattr("chatkit.dial._call", no_port)
    with pytest.raises(errors.Unreachable, match="no free port to call from; ports of connections that have"):
        ChatClient("127.0.0.1", 55555, "ada").connect()


def test_no_descriptor_left_is_a_sentence(nothing_left, monkeypatch):
    def none_left(_address, _seconds):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("chatkit.dial._call", none_left)
    with pytest.raises(errors.Unreachable, match=r"cannot reach .* port 55555: Too many open files"):
        ChatClient("127.0.0.1", 55555, "ada").connect()


@contextmanager
def deaf():
    """The address of a listener whose queue is full: who calls there gets no answer at all."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as callers:
        for _ in range(8):
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        with pytest.raises(TimeoutError):
            socket.create_connection(listener.getsockname(), 0.3)
        yield listener.getsockname()


def has_addresses(monkeypatch, *addresses):
    """Have every host have these."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address) for address in addresses]
    monkeypatch.setattr("chatkit.dial.socket.getaddrinfo", lambda *_args, **_options: found)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue refuses")
def test_many_addresses_that_do_not_answer_take_no_longer_than_one(nothing_left, monkeypatch):
    with deaf() as address:
        has_addresses(monkeypatch, *[address] * 500)
        told = []

        def call():
            with pytest.raises(errors.Unreachable) as caught:
                dial("many", 55555, timeout=0.5)
            told.append(str(caught.value))

        calling = threading.Thread(target=call, daemon=True)
        calling.start()
        calling.join(PATIENCE)  # each for half a second would be minutes
        assert told == ["cannot reach many port 55555: timed out"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue refuses")
def test_an_address_that_does_not_answer_leaves_time_for_one_that_does(serve, monkeypatch):
    server = serve()
    with deaf() as address:
        has_addresses(monkeypatch, address, server.address)
        with ChatClient("both", 55555, "ada", timeout=4) as ada:
            assert server.names == ("ada",)
            assert ada._socket.gettimeout() == 4


def test_a_host_without_an_address_is_a_sentence(monkeypatch):
    has_addresses(monkeypatch)
    with pytest.raises(errors.Unreachable, match="cannot reach nowhere port 55555: it has no address"):
        dial("nowhere", 55555, timeout=1)


def test_no_thread_left_is_a_sentence_and_keeps_no_socket(serve, monkeypatch):
    server = serve()

    def start(self):
        raise RuntimeError("can't start new thread")

    ada = ChatClient(*server.address, "ada")
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        with pytest.raises(errors.CannotConnect, match="cannot listen: can't start new thread"):
            ada.connect()
    assert ada.state == "closed"
    ada.quit()


# In a network of its own, where ports are few; only an administrator may make one

FEW_PORTS = """
import socket
from chatkit.dial import dial
from chatkit.errors import Unreachable
listener = socket.create_server(("127.0.0.1", 0), backlog=200)
callers = []
try:
    while True:
        callers.append(dial(*listener.getsockname(), timeout=5))
except Unreachable as error:
    print(len(callers) > 40, error)
"""
REACHES_ITSELF = """
from chatkit import ChatClient, errors
for port in range(40000, 40100):
    for _ in range(60):
        try:
            ChatClient("127.0.0.1", port, "ada", timeout=5).connect()
        except errors.Refused:
            pass
print("never")
"""


@pytest.fixture
def alone():
    """`alone(code)` is what `code` prints in a network with a hundred ports to call from."""
    unshare = shutil.which("unshare")
    setup = "ip link set lo up && echo 40000 40099 >/proc/sys/net/ipv4/ip_local_port_range"
    if not unshare or subprocess.run([unshare, "-n", "sh", "-c", setup], capture_output=True).returncode:
        pytest.skip("not measured: only an administrator can make a network")

    def run(code):
        command = [unshare, "-n", "sh", "-c", f'{setup} && exec "$@"', "sh", sys.executable, "-c", code]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)

    return run


@pytest.mark.fault(31)
def test_six_thousand_calls_to_where_nobody_is_never_reach_oneself(alone):
    done = alone(REACHES_ITSELF)
    assert (done.stdout, done.stderr) == ("never\n", "")


@pytest.mark.fault(32)
def test_when_all_ports_are_used_up_the_client_says_so(alone):
    done = alone(FEW_PORTS)
    assert done.stdout.startswith("True cannot reach 127.0.0.1 port"), done
    assert "no free port to call from" in done.stdout
