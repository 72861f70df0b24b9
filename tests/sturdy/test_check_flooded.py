"""A server that sends without end is judged in bounded time and memory, and told what it did."""

import socket
import threading
from contextlib import contextmanager, suppress

import pytest
from program import run
from talker import PATIENCE

FLOODS = {
    "a line without an end": (b"", b"x" * 65536, "the server sent a line without an end"),
    "lines without end": (
        b"Name?\n* The room contains: \n",
        b"* x\n" * 10_000,
        "the server did not stop sending",
    ),
}


@contextmanager
def a_server_that_floods(first, chunk):
    """Send everybody who comes one thing first, and another without end."""
    threads = []

    def flood(sock):
        with sock, suppress(OSError):
            sock.sendall(first)
            while True:
                sock.sendall(chunk)

    def serve():
        with suppress(OSError):
            while True:
                threads.append(threading.Thread(target=flood, args=(listener.accept()[0],)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        door = threading.Thread(target=serve)
        door.start()
        try:
            yield listener.getsockname()
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            door.join(PATIENCE)
            for thread in threads:
                thread.join(PATIENCE)


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_ends_the_dialogue_and_is_named(kind, nothing_left):
    first, chunk, words = FLOODS[kind]
    with a_server_that_floods(first, chunk) as (host, port):
        done = run("check", f"{host}:{port}", timeout=PATIENCE)
    assert done.returncode == 1
    assert words in " ".join(done.stdout.split())
    assert "Traceback" not in done.stderr
