"""The host's view: it shows what the server counts, and shows people out if the host means it."""

import asyncio
import logging
from contextlib import asynccontextmanager

import pytest
from helm import Sitting, people, room

from chatkit.terminal import counters
from chatkit.terminal.host import HostApp
from chatkit.terminal.host_log import HostLog

pytestmark = pytest.mark.usefixtures("nothing_left")


@asynccontextmanager
async def host(server, size=(80, 24), **options):
    with HostLog(logging.INFO) as log:
        app = HostApp(server, log, **options)
        async with app.run_test(size=size) as pilot:
            yield Sitting(app, pilot)


def test_rows_are_what_the_server_counts():
    with room() as server, people(server, "ada", "linus") as (ada, linus):
        ada.says("hello")
        linus.hears("[ada] hello")
        first, second = counters.rows(server, clock=lambda: server.clients()[0].since + 65.5)
        assert (first.name, second.name) == ("ada", "linus")
        assert first.here == "1 m 05 s"
        assert first.bytes_in == counters.amount(len("ada\nhello\n"))
        assert first.queued == "-"
        assert counters.totals(server).members == 2


@pytest.mark.parametrize("size", [(100, 24), (40, 10)])
def test_who_comes_and_goes_is_shown(size):
    async def run(server):
        async with host(server, size) as view:
            await view.sees("0 here", "selectors")
            with people(server, "ada", "linus") as (ada, _linus):
                await view.sees("2 here", "ada", "linus")
                ada.says("hello")
                await view.until(lambda: any(row.bytes_in == "10 B" for row in counters.rows(server)))
            await view.sees("0 here", "linus has left the room")

    with room() as server:
        asyncio.run(run(server))


def test_who_has_no_name_yet_is_counted_apart(talk):
    async def run(server):
        async with host(server) as view:
            talk(server)
            await view.sees("1 without a name", "(no name yet)")
            await view.types("", "k")
            await view.pilot.pause()
            assert "Kick" not in view.screen.replace("k Kick", "")

    with room() as server:
        asyncio.run(run(server))


def test_kicking_is_asked_about_first():
    async def run(server, ada, linus):
        async with host(server) as view:
            await view.sees("ada", "linus")
            await view.types("", "down", "k")
            await view.sees("Kick linus?")
            await view.types("", "escape")
            await view.sees_no_more("Kick linus?")
            await view.types("", "k")
            await view.sees("Kick linus?")
            await view.types("", "enter")
            await asyncio.to_thread(ada.hears, "* linus has left the room (removed by the host)")
            await asyncio.to_thread(linus.hears_an_error, "removed by the host")
            await view.sees("1 here", "(removed by the host)")

    with room() as server, people(server, "ada", "linus") as (ada, linus):
        asyncio.run(run(server, ada, linus))


def test_a_server_that_fails_ends_the_view():
    alive = [True]

    async def run(server):
        async with host(server, is_alive=lambda: alive[0]) as view:
            await view.sees("0 here")
            alive[0] = False
            await view.until(lambda: not view.app.is_running)

    with room() as server:
        asyncio.run(run(server))


def test_log_lines_are_inert_and_warnings_loud():
    async def run(server):
        async with host(server) as view:
            logging.getLogger("chatkit.server").warning("evil \x1b[2J [red]words[/red]")
            await view.sees("! evil \ufffd[2J [red]words[/red]")

    with room() as server:
        asyncio.run(run(server))


def client(number, **figures):
    row = counters.Row(f"127.0.0.1:{number}", f"guest{number}", "1 s", "0", "7 B", "20 B", "-", "127.0.0.1")
    return row._replace(**figures)


def test_only_what_has_changed_is_written_and_a_column_is_measured_once(monkeypatch):
    """Among hundreds of clients the view did nothing else, and took no key."""
    clients = [client(number) for number in range(200)]
    written = []

    async def run(server):
        async with host(server) as view:
            await view.sees("guest0")
            await view.pilot.pause()
            write = view.app.table.update_cell

            def note(peer, column, cell, **how):
                written.append((peer, column, cell.plain, how.get("update_width", False)))
                write(peer, column, cell, **how)

            view.app.table.update_cell = note
            view.app.look()
            assert written == []
            clients[7] = client(7, bytes_out="21 B")
            view.app.look()
            assert written == [("127.0.0.1:7", "Bytes out", "21 B", False)]
            clients[:] = [client(number, here="10 s") for number in range(200)]
            view.app.look()
            assert sum(measured for *_, measured in written) == 1
            assert (
                len(written) == 1 + 201 + 1
            )  # all of one column, one of them to be measured, and the old 20 B

    monkeypatch.setattr(counters, "rows", lambda _server: [*clients])
    with room() as server:
        asyncio.run(run(server))


def test_a_column_is_as_wide_as_its_widest_cell(monkeypatch):
    clients = [client(1), client(2)]

    async def run(server):
        async with host(server) as view:

            async def is_wide(text):
                column = view.app.table.columns["Name"]
                await view.until(lambda: column.content_width == len(text), f"not as wide as {text!r}")

            await is_wide("guest1")
            clients[1] = client(2, name="somebody-with-a-long-name")
            await is_wide("somebody-with-a-long-name")
            clients[1] = client(2, name="somebody-else")
            await is_wide("somebody-else")
            clients.pop()
            await is_wide("guest1")

    monkeypatch.setattr(counters, "rows", lambda _server: [*clients])
    with room() as server:
        asyncio.run(run(server))
