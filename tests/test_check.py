"""The check from Python: whatever can be called a server gets the same verdicts, as text and as a table."""

import asyncio
import html.parser
import socket
import socketserver
import threading
from contextlib import suppress
from functools import partial

import pytest
from talker import PATIENCE

from chatkit.check import CannotRun, Verdict, check
from chatkit.check.promise import PROMISES, Level
from chatkit.check.rooms import Manners, Room
from chatkit.check.stage import Stage
from chatkit.engines import ENGINES
from chatkit.server import ChatServer

QUICK = ["a_message_reaches_everybody_else", "everybody_else_hears_that_somebody_left"]


def plain_server(host, port):
    """A plain function that serves, one thread a client; it passes lines on, and names nobody."""
    members = []

    def serve(sock):
        sock.sendall(b"<script>alert('name?')</script>\n")
        members.append(sock)
        for line in sock.makefile("rb"):
            for member in members:
                member.sendall(b"<img src=x onerror=alert(1)> " + line)

    with socket.create_server((host, port)) as listener:
        while True:
            threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_our_own_server_keeps_every_promise(engine):
    report = check(partial(ChatServer, engine=engine), "chatkit")
    assert report.ok, str(report)
    assert set(report.verdicts.values()) == {Verdict.KEPT}
    assert list(report.verdicts) == list(PROMISES)


def test_a_class_a_started_server_and_an_address_get_the_same_verdicts():
    with ChatServer(port=0) as server:
        reports = [
            check(ChatServer, only=QUICK),
            check(ChatServer, only=QUICK, in_process=True),
            check(server, only=QUICK),
            check(server.address, only=QUICK),
            check("{}:{}".format(*server.address), only=QUICK),
        ]
    assert [report.verdicts for report in reports] == [dict.fromkeys(QUICK, Verdict.KEPT)] * 5


def test_a_plain_function_is_a_server():
    report = check(plain_server, only=QUICK)
    assert report.verdicts == dict(zip(QUICK, (Verdict.BROKEN, Verdict.NOT_JUDGED), strict=True))
    assert report.server == "plain_server"


async def coroutine(host, port):
    """The same wrong server once more, in asyncio: it echoes."""

    async def serve(reader, writer):
        writer.write(b"name?\n")
        while line := await reader.readline():
            writer.write(line)

    async with await asyncio.start_server(serve, host, port) as server:
        await server.serve_forever()


def socketserver_server(host, port):
    """And in socketserver: an object that has `serve_forever`."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"name?\n")
            for line in self.rfile:
                self.wfile.write(line)

    return socketserver.ThreadingTCPServer((host, port), Handler)


@pytest.mark.parametrize("server", [coroutine, socketserver_server])
def test_a_coroutine_and_an_object_that_serves_forever_are_servers(server):
    only = ["the_server_asks_for_a_name", "a_message_reaches_everybody_else"]
    assert check(server, only=only).broken == only[1:]


def test_what_needs_the_process_is_not_measured_without_it():
    only = ["a_quiet_room_rests"]
    with ChatServer(port=0) as server:
        report = check(server, only=only)
    assert report.verdicts == dict.fromkeys(only, Verdict.NOT_MEASURED)
    assert "this needs the server's process" in str(report)


def test_a_server_that_fails_to_start_gets_a_sentence_with_its_last_words():
    def broken(host, port):
        raise RuntimeError("out of order")

    with pytest.raises(
        CannotRun, match=r"(?s)broken ended with status 1 before it listened.*RuntimeError: out of order"
    ):
        check(broken)
    with pytest.raises(CannotRun, match="is no server"):
        check(object())


def test_a_server_whose_port_was_snatched_away_is_started_on_another(tmp_path):
    first_start = tmp_path / "first start"

    def unlucky(host, port):
        if not first_start.exists():
            first_start.touch()
            with socket.socket() as stranger:  # who has the port, does not listen, and is gone again
                stranger.bind((host, port))
                return ChatServer(host, port).start()
        return ChatServer(host, port)

    report = check(unlucky, only=QUICK[:1])
    assert report.verdicts == dict.fromkeys(QUICK[:1], Verdict.KEPT)
    assert first_start.exists()


def receive_all(sock):
    with suppress(ConnectionResetError):
        while sock.recv(1 << 20):
            pass


def test_while_somebody_says_much_the_others_are_read():
    """Else the check is the slow reader that an honest server hangs up on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stage = Stage(Room(listener.getsockname(), Manners()))
        ada, grace = stage.connected("ada"), stage.connected("grace")
        with listener.accept()[0] as of_ada, listener.accept()[0] as of_grace:
            of_grace.sendall(b"hello\n")
            drain = threading.Thread(target=receive_all, args=[of_ada])
            drain.start()
            ada.sends(b"x" * (64 << 20))
            assert stage.wait(lambda: grace.lines == ["hello"], PATIENCE)
            assert ada.outbox
            stage.clear(politely=False)
            drain.join()


def test_a_server_that_dies_in_a_dialogue_is_quoted():
    def dies(host, port):
        with socket.create_server((host, port)) as listener:
            listener.accept()[0].sendall(b"name?\n")
            raise RuntimeError("one was enough")

    report = check(dies, only=QUICK[:1])
    (outcome,) = report.outcomes
    assert outcome.verdict is Verdict.BROKEN
    assert "the server ended with status 1" in outcome.failure.got
    assert "one was enough" in outcome.failure.got


class Tags(html.parser.HTMLParser):
    """Collect the tags and the attributes of a text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = set(), set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {f"{name}={value}" for name, value in attributes}

    def handle_data(self, data):
        self.text += data


def test_the_table_escapes_what_a_server_says_and_fixes_no_colours():
    tags = Tags(check(plain_server, only=QUICK)._repr_html_())
    assert tags.tags <= (
        {"table", "caption", "thead", "tbody", "tr", "th", "td", "br", "strong"}
        | {"details", "summary", "pre", "small", "code"}
    )
    assert tags.attributes == {"style=text-align: left"}
    assert "<img src=x onerror" in tags.text
    assert "✗ broken" in tags.text
    assert "failed     3. grace hears" in tags.text


def test_the_levels_build_on_each_other():
    assert [promise.level for promise in PROMISES.values()] == sorted(
        (promise.level for promise in PROMISES.values()), key=list(Level).index
    )
