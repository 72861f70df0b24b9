"""The full-screen chat when things go wrong: nothing typed is lost, and a person knows what is the matter."""

import asyncio
import random
import socket
import threading

import pytest
from helm import chat, people, room
from talker import PATIENCE, free_port

from chatkit.backoff import Backoff
from chatkit.dial import dial
from chatkit.errors import Unreachable
from chatkit.server import ChatServer
from chatkit.terminal.mailbox import HELD
from chatkit.terminal.places import Place

pytestmark = pytest.mark.usefixtures("nothing_left")


def slow():
    """A back-off that no test waits for."""
    return Backoff(1000.0, 1000.0, random.Random(3))


@pytest.fixture
def door():
    """A listening socket behind which a test plays the server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        yield listener


def admit(door, *lines):
    """Let the next caller in, tell it these lines, and return its socket."""
    sock, _ = door.accept()
    sock.settimeout(PATIENCE)
    sock.sendall(b"who are you?\n")
    assert sock.recv(100)
    sock.sendall(b"* The room contains: linus\n" + b"".join(line.encode() + b"\n" for line in lines))
    return sock


def test_a_restart_while_a_person_types_loses_nothing(monkeypatch):
    monkeypatch.setattr("chatkit.courier.REUNION", PATIENCE)  # linus may be slow to be back

    async def run(first):
        async with chat(first.address) as ada:
            await ada.is_in()
            await ada.enters("before")
            await ada.types("half a line that is being ty")
            await asyncio.to_thread(first.stop)
            await ada.is_soon("waiting")
            await ada.sees("not connected", "Next try in", "the server is stopping; goodbye")
            await ada.enters("ped", "and another", "/who")
            await ada.sees("3 lines kept", "\u2026 half a line that is being typed")
            with ChatServer(port=first.address[1]) as second, people(second, "linus") as (linus,):
                await ada.is_in()
                said = await asyncio.to_thread(linus.hears_until, "[ada] and another")
                assert said[-2:] == ["[ada] half a line that is being typed", "[ada] and another"]
                await ada.sees("you are back in the room", "here now", "> ada: and another")
                await ada.sees_no_more("lines kept")
                assert not ada.app.visit.session.outgoing.waiting

    with room() as first, people(first, "linus"):
        asyncio.run(run(first))


def test_nobody_there_is_said_and_may_be_tried_again_or_given_up():
    port = free_port()

    async def run():
        async with chat(("127.0.0.1", port), backoff=slow()) as ada:
            await ada.sees("Nothing listens at", "F5 now", "Esc stop")
            await ada.types("", "escape")
            await ada.is_soon("ended")
            await ada.sees("F5 try again")
            with ChatServer(port=port):
                await ada.types("", "f5")
                await ada.is_in()
                await ada.sees_no_more("F5 try again")

    asyncio.run(run())


def test_to_try_now_what_has_just_come_about_by_itself_does_nothing():
    async def run(server, linus):
        async with chat(server.address) as ada:
            await ada.is_in()
            await ada.types("half ", "f5")
            ada.app.visit.session.retry()  # as if the key had been faster than the connection
            await ada.enters("a line")
            await asyncio.to_thread(linus.hears, "* ada has entered the room", "[ada] half a line")
            assert ada.app.visit.is_here

    with room() as server, people(server, "linus") as (linus,):
        asyncio.run(run(server, linus))


def test_a_room_that_one_has_left_says_nothing_in_the_next(monkeypatch):
    called, hung_up = threading.Event(), threading.Event()

    def call(host, port, timeout):
        if port != 1:
            return dial(host, port, timeout)
        called.set()
        hung_up.wait(PATIENCE)
        raise Unreachable("cannot reach the first room")

    async def run(server):
        async with chat(("127.0.0.1", 1)) as ada:
            await ada.until(called.is_set)
            first = ada.app.visit.session
            ada.app.visit.move(Place(*server.address, "ada"), remembers=False)
            await ada.is_in()
            hung_up.set()
            await ada.until(lambda: not first._thread.is_alive())
            await ada.enters("/who")
            await ada.sees("here now: ada")
            assert not [entry for entry in ada.log if "first room" in entry]

    monkeypatch.setattr("chatkit.client.dial", call)
    with room() as server:
        asyncio.run(run(server))


def test_a_name_that_is_taken_asks_for_another_and_keeps_what_was_typed():
    async def run(server, linus):
        async with chat(server.address, name="LINUS") as ada:
            await ada.sees("the name LINUS is in use")
            await ada.types("", "ctrl+u")
            await ada.enters("ada")
            await asyncio.to_thread(linus.hears, "* ada has entered the room")
            await ada.sees("ada in the room", "ada>")

    with room() as server, people(server, "linus") as (linus,):
        asyncio.run(run(server, linus))


def test_a_name_that_is_free_again_may_be_tried_again_while_the_form_asks_for_another():
    async def run(server, linus):
        async with chat(server.address, name="linus") as ada:
            await ada.sees("the name linus is in use", "F5 try again")
            await asyncio.to_thread(linus.leaves)
            await ada.until(lambda: not server.names)
            await ada.types("", "f5")
            await ada.is_in()
            assert ada.app.screen is ada.app.room

    with room() as server, people(server, "linus") as (linus,):
        asyncio.run(run(server, linus))


def test_who_is_kicked_reads_why_and_stays_out_until_they_ask():
    async def run(server, linus):
        async with chat(server.address) as ada:
            await ada.is_in()
            await asyncio.to_thread(linus.hears, "* ada has entered the room")
            server.kick("ada")
            await ada.is_soon("ended")
            await ada.sees("removed by the host", "F5 try again")
            await asyncio.to_thread(linus.hears, "* ada has left the room (removed by the host)")
            await ada.types("", "f5")
            await asyncio.to_thread(linus.hears, "* ada has entered the room")

    with room() as server, people(server, "linus") as (linus,):
        asyncio.run(run(server, linus))


def test_ones_own_ghost_is_waited_for_without_a_question(door):
    async def run():
        async with chat(door.getsockname()) as ada:
            (await asyncio.to_thread(admit, door)).close()
            sock, _ = await asyncio.to_thread(door.accept)
            sock.sendall(b"who are you?\n")
            assert await asyncio.to_thread(sock.recv, 100)  # or the caller got a reset, and lost our words
            sock.sendall(b"! the name ada is in use; please connect again with another\n")
            sock.close()
            sock = await asyncio.to_thread(admit, door)
            await ada.is_soon("joined")
            assert ada.app.screen is ada.app.room
            sock.close()

    asyncio.run(run())


def test_what_is_no_chat_server_is_said(door):
    async def run():
        async with chat(door.getsockname(), backoff=slow()) as ada:
            sock = await asyncio.to_thread(admit, door, "HTTP/1.1 400 Bad Request")
            await ada.is_soon("waiting")
            await ada.sees("does not talk like a chat server")
            sock.close()

    asyncio.run(run())


def test_other_servers_names_and_words_are_shown_inert(door):
    evil = (
        "[e\u202evil\u200bx] \x07words \x1b[31m",
        "* \x1b[2J has entered the room",
        "~ yesterday [a\u200bb] old",
    )

    async def run():
        async with chat(door.getsockname()) as ada:
            sock = await asyncio.to_thread(admit, door, *evil)
            await ada.sees("\ufffd", "words", "old")
            assert not {"\x1b", "\x07", "\u202e", "\u200b"} & set(ada.screen)
            sock.close()

    asyncio.run(run())


def test_a_server_without_commands_gets_every_line_as_it_is(door):
    async def run():
        async with chat(door.getsockname()) as ada:
            sock = await asyncio.to_thread(admit, door)
            await ada.is_soon("joined")
            await ada.enters("/shrug", "hello")
            heard = b""
            while b"hello\n" not in heard:
                heard += await asyncio.to_thread(sock.recv, 100)
            assert heard == b"/shrug\nhello\n"
            sock.close()

    asyncio.run(run())


def test_a_flood_leaves_the_keys_alone_and_the_memory_bounded():
    """More than the log keeps: typing goes on meanwhile, and what could not be shown is said."""

    async def run(server, linus):
        async with chat(server.address) as ada:
            await ada.is_in()
            flood = asyncio.create_task(
                asyncio.to_thread(linus.says, *(f"line {n}" for n in range(HELD + 5000)))
            )
            await ada.enters("I can still type")
            await ada.until(lambda: not ada.app.visit.session.outgoing.kept)  # the server has read it
            await flood
            await ada.sees(f"line {HELD + 5000 - 1}")
            assert len(ada.app.room.log_view.rows.entries) <= 10_500

    with room() as server, people(server, "linus") as (linus,):
        asyncio.run(run(server, linus))


def test_a_thousand_lines_kept_and_the_next_one_stays_in_the_line():
    address = "127.0.0.1", free_port()

    async def run():
        async with chat(address, backoff=slow()) as ada:
            await ada.is_soon("waiting")
            for number in range(1000):
                ada.app.visit.enter(str(number))
            await ada.enters("one too many")
            await ada.sees("1000 lines are waiting", "one too many")
            assert ada.app.room.desk.line.value == "one too many"

    asyncio.run(run())


def test_the_countdown_counts():
    address = "127.0.0.1", free_port()

    async def run():
        async with chat(address, backoff=Backoff(100.0, 100.0, random.Random(1))) as ada:
            await ada.is_soon("waiting")
            await ada.sees("Next try in")
            first = ada.screen
            await ada.until(lambda: ada.screen != first)

    asyncio.run(run())
