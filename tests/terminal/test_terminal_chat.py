"""The full-screen chat with a real server: what a person types, reads, scrolls and is asked."""

import asyncio
from datetime import timedelta

import pytest
from helm import NOON, chat, people, room

from chatkit.framing import MAX_LINE
from chatkit.history import History
from chatkit.server import ChatServer
from chatkit.terminal import places
from chatkit.terminal.line import size
from chatkit.terminal.places import Place

pytestmark = pytest.mark.usefixtures("nothing_left")


def with_linus(play, **options):
    """Play a scene of ada's, who is at a terminal, with linus in the room."""

    async def run(server, linus):
        async with chat(server.address, **options) as ada:
            await ada.is_in()
            await asyncio.to_thread(linus.hears, "* ada has entered the room")
            await play(ada, linus)

    with room() as server, people(server, "linus") as (linus,):
        asyncio.run(run(server, linus))


def test_what_is_typed_is_said_once_and_shown_once():
    async def play(ada, linus):
        await ada.enters("hello", "//who is it")
        await asyncio.to_thread(linus.hears, "[ada] hello", "[ada] /who is it")
        linus.says("hello, ada")
        await ada.sees("12:01 > ada: hello", "12:01   linus: hello, ada")
        assert ada.log == ["* here: linus", "> ada: hello", "> ada: /who is it", "linus: hello, ada"]

    with_linus(play)


def test_who_comes_and_goes_is_in_the_roster_and_in_the_count():
    async def play(ada, linus):
        await ada.sees("2 here", "ada (you)")
        linus.socket.close()
        await ada.sees("1 here", "* linus has left the room")

    with_linus(play)


def test_commands_are_those_the_server_has():
    async def play(ada, linus):
        await ada.enters("/who")
        await ada.sees("! here now: linus, ada")
        await ada.enters("/me waves")
        await ada.sees("there is no command /me here", "//me")
        assert ada.app.room.desk.line.value == "/me waves"  # it can be mended
        await ada.types("", "ctrl+u")
        await ada.enters("/wo")
        await ada.sees("did you mean")
        await ada.types("", "ctrl+u")
        await ada.types("/h", "tab")
        assert ada.app.room.desk.line.value == "/help "
        await ada.types("", "enter")
        await ada.sees("! /who lists the others")

    with_linus(play)


def test_tab_and_history():
    async def play(ada, linus):
        await ada.enters("one", "two")
        await ada.types("li", "tab")
        line = ada.app.room.desk.line
        assert line.value == "linus: "
        await ada.types("", "up")
        assert line.value == "two"
        await ada.types("", "up", "up", "down", "down")
        assert line.value == "linus: "

    with_linus(play)


def test_a_paste_of_several_lines_is_asked_about():
    async def play(ada, linus):
        await ada.pastes("one\r\n\x1b[31mtwo\n\nthree\n")
        await ada.sees("Send these 3 lines", "Esc no")
        await ada.types("", "escape")
        await ada.sees_no_more("Send these")
        await ada.pastes("one\ntwo")
        await ada.sees("Send these 2 lines")
        await ada.types("", "enter")
        await asyncio.to_thread(linus.hears, "[ada] one", "[ada] two")
        await ada.pastes("just one\n")
        assert ada.app.room.desk.line.value == "just one"

    with_linus(play)


def test_a_line_near_the_limit_is_counted_and_one_beyond_it_stays():
    async def play(ada, linus):
        line = ada.app.room.desk.line
        line.value = "\u65e5" * 1300
        await ada.sees("3,901 of 4,096 bytes")
        line.value = "x" * MAX_LINE
        await ada.sees("4,097 of 4,096 bytes!")
        await ada.types("", "enter")
        await ada.sees("1 bytes too long")
        assert line.value == "x" * MAX_LINE
        line.value = "x" * (MAX_LINE - 1)
        await ada.types("", "enter")
        await asyncio.to_thread(linus.hears, f"[ada] {'x' * (MAX_LINE - 1)}")

    with_linus(play)


def test_a_line_is_measured_as_it_is_sent():
    assert size("\x1b") == len("\ufffd".encode()) + 1


def test_scrolling_up_counts_what_is_new_and_marks_where_it_begins():
    async def play(ada, linus):
        linus.says(*(f"line {number}" for number in range(100)))
        await ada.sees("line 99")
        await ada.types("", "pageup")
        await ada.sees_no_more("line 99")
        linus.says("news", "more news")
        await ada.sees("2 new")
        assert "more news" not in ada.screen
        await ada.types("", "end")
        await ada.sees("more news", " new ")
        assert "2 new" not in ada.screen
        marker = next(row for row in ada.screen.splitlines() if "\u2500 new \u2500" in row)
        assert ada.screen.splitlines().index(marker) < ada.screen[: ada.screen.index("more news")].count("\n")
        await ada.enters("read it")
        await ada.sees_no_more("\u2500 new \u2500")

    with_linus(play)


def test_what_comes_while_one_looks_elsewhere_is_marked():
    async def play(ada, linus):
        ada.app.on_app_blur()
        linus.says("hello?")
        await ada.sees("\u2500 new \u2500", "hello?")

    with_linus(play)


def test_nothing_from_the_wire_is_markup_or_moves_anything():
    async def play(ada, linus):
        linus.says("[bold red]x[/] [@click=app.exit]y[/]", "\x1b]0;title\x07\x1b[2J\u202ez\u200b")
        await ada.sees(
            "linus: [bold red]x[/] [@click=app.exit]y[/]", "\ufffd]0;title\ufffd\ufffd[2J\ufffdz\ufffd"
        )
        linus.says("[ada] I never said this", "* eve has entered the room", "12:01 > ada: nor this")
        await ada.sees("linus: [ada] I", "linus: * eve", "linus: 12:01 > ada")

    with_linus(play)


def test_a_new_day_is_told():
    now = [NOON]

    async def play(ada, linus):
        linus.says("today")
        await ada.sees("today")
        now[0] += timedelta(days=1)
        linus.says("tomorrow")
        await ada.sees("Tuesday, 2026-11-24", "tomorrow")

    with_linus(play, clock=lambda: now[0])


def test_a_narrow_terminal_folds_the_roster_away_and_a_wide_one_brings_it_back():
    async def play(ada, linus):
        await ada.pilot.resize_terminal(59, 20)
        await ada.sees_no_more("ada (you)")
        await ada.sees("2 here")
        linus.says("x" * 100)
        for size_ in ((40, 10), (300, 80), (61, 12)):
            await ada.pilot.resize_terminal(*size_)
            await ada.until(lambda width=size_[0]: max(map(len, ada.screen.splitlines())) <= width)
            await ada.sees("ada>", "2 here")
            await ada.until(lambda: ada.screen.count("x") >= 100)
        await ada.sees("ada (you)")

    with_linus(play)


def test_help_says_the_keys_and_this_rooms_commands():
    async def play(ada, linus):
        await ada.types("", "f1")
        await ada.sees("Ctrl+C", "/who  /quit  /help")
        await ada.types("", "escape")
        await ada.sees_no_more("Esc closes this")
        await ada.types("", "ctrl+p")
        await ada.sees("Theme")

    with_linus(play)


def test_the_line_is_kept_while_a_window_is_open():
    async def play(ada, linus):
        await ada.types("half a li")
        await ada.types("", "f1")
        await ada.sees("Esc closes this")
        await ada.types("", "escape")
        await ada.sees_no_more("Esc closes this")
        await ada.enters("ne")
        await asyncio.to_thread(linus.hears, "[ada] half a line")

    with_linus(play)


@pytest.mark.parametrize("goodbye", ["/quit", "/ quit", " /quit "])
def test_quit_leaves(goodbye):
    async def play(ada, linus):
        await ada.enters(goodbye)
        await ada.until(lambda: not ada.app.is_running)

    with_linus(play)


# The form


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def asked(server, play, name="", **options):
    async def run():
        async with chat(server.address, name, asks=True, **options) as somebody:
            await play(somebody)

    asyncio.run(run())


def test_the_form_checks_what_is_typed_and_goes_to_what_is_wrong(config):
    async def play(ada):
        await ada.sees("Join a room", "a name is 1 to 24 ASCII letters or digits")
        await ada.types("", "enter")
        await ada.types("a b")
        await ada.sees("so it cannot be", "'a b'")
        await ada.types("", "backspace", "backspace")
        await ada.enters("da")
        await ada.is_in()
        assert ada.app.visit.place.name == "ada"
        await ada.until(lambda: places.last() == ada.app.visit.place)

    with room() as server:
        asked(server, play, remembers=True)


def test_the_form_takes_an_address_in_one_word_and_remembers_nothing_if_it_may_not(config):
    async def play(ada):
        await ada.sees("Join a room")
        await ada.types("", "ctrl+u")
        await ada.types(f"localhost:{ada.app.visit.place.port}", "tab", "tab", "tab", "space")
        await ada.types("", "shift+tab", "enter")
        await ada.is_in()
        assert ada.app.visit.place.host == "localhost"

    with room() as server:
        places.remember(Place("127.0.0.1", 1, "old"))
        asked(server, play, name="ada", remembers=True)
        assert places.last() is None


def test_escape_in_the_first_form_leaves(config):
    async def play(ada):
        await ada.types("", "escape")
        await ada.until(lambda: not ada.app.is_running)

    with room() as server:
        asked(server, play)


def test_f2_goes_to_another_room_and_takes_no_words_along():
    async def run(first, second, linus):
        async with chat(first.address) as ada:
            await ada.is_in()
            first.stop()
            await ada.is_soon("waiting")
            await ada.enters("for the first room only")
            await ada.types("", "f2")
            await ada.sees("Join a room")
            await ada.types("", "tab")
            await ada.types("", "ctrl+u")
            await ada.enters(str(second.address[1]))
            await asyncio.to_thread(linus.hears, "* ada has entered the room")
            await ada.is_in()
            await ada.enters("hello")
            await asyncio.to_thread(linus.hears, "[ada] hello")
            assert ada.app.visit.unsent == ["for the first room only"]

    with room() as first, room() as second, people(second, "linus") as (linus,):
        asyncio.run(run(first, second, linus))


def test_a_remembering_room_tells_what_was_said_and_a_key_changes_whether_one_is_recorded(tmp_path):
    async def run(server, linus):
        linus.says("said before ada came")
        await asyncio.to_thread(linus.says, "/who")
        await asyncio.to_thread(linus.hears_until, "! here now: linus")
        async with chat(server.address) as ada:
            await ada.sees("from before", "~ linus: said before ada came", "  recorded  2 here")
            linus.says("now")
            await ada.sees("\u2500 now \u2500", "  linus: now")
            await ada.until(lambda: "record" in ada.app.visit.commands)
            await ada.types("", "f8")
            await ada.sees("not recorded  2 here")
            await ada.types("", "f8")
            await ada.sees_no_more("not recorded")
            await ada.enters("/forget")
            await ada.sees("removed for good")

    with room(history=History(tmp_path / "chat.db")) as server, people(server, "linus") as (linus,):
        asyncio.run(run(server, linus))


def test_a_lost_connection_shows_nothing_twice_that_the_room_remembers(tmp_path):
    async def run(first, linus):
        async with chat(first.address) as ada:
            await ada.is_in()
            linus.says("heard once")
            await ada.sees("heard once")
            await ada.enters("mine")
            await asyncio.to_thread(first.stop)
            await ada.is_soon("waiting")
            again = ChatServer(port=first.address[1], history=History(tmp_path / "chat.db"))
            with again, people(again, "linus"):
                await ada.is_in()
                await ada.sees("you are back")
                await ada.enters("last")
                await ada.sees("> ada: last")
                texts = [entry.text for entry in ada.app.room.log_view.rows.entries]
                assert [texts.count(each) for each in ("heard once", "mine", "last")] == [1, 1, 1]

    with room(history=History(tmp_path / "chat.db")) as first, people(first, "linus") as (linus,):
        asyncio.run(run(first, linus))


def test_the_palette_offers_what_the_keys_do():
    async def play(ada, linus):
        titles = {command.title for command in ada.app.get_system_commands(ada.app.screen)}
        assert {"Theme", "Help", "Room", "Leave"} <= titles
        assert not {"Try now", "Stop", "Record"} & titles
        ada.app.theme = "textual-light"
        await ada.sees("2 here")

    with_linus(play)


def test_times_are_local_and_may_be_iso_or_off():
    async def iso(ada, linus):
        linus.says("hi")
        await ada.sees("2026-11-23T12:01:05+0000   linus: hi")

    async def off(ada, linus):
        linus.says("hi")
        await ada.sees("  linus: hi")
        assert "12:01" not in ada.screen

    with_linus(iso, stamps="iso")
    with_linus(off, stamps="off")
