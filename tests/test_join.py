"""`chatkit join`: a person at a terminal, a script in a pipe, and what both see when things go wrong."""

import io
import json
import os
import re
import signal
import socket
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from impostor import JOINED, a_server_that, hears_the_end, resets
from program import CHATKIT, ENVIRONMENT, Person, Program, run
from talker import PATIENCE, Talker

from chatkit.cli.lines import as_json, painted
from chatkit.cli.plain import talk_plainly
from chatkit.client import ChatClient
from chatkit.messages import Joined, Left, Lost, Notice, Prompt, Remembered, Reply, Roster, Said
from chatkit.server import ChatServer

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="the terminal is a pty, and the pipes are those of POSIX"
)

HINT = "* you are in: type a line and press Enter; /help tells more, Ctrl-D leaves"
SURPRISES = [
    "\u0600",
    "\u4dc0",
    "\u2630",
]  # wider than Python says: a sign that is drawn, and two of Unicode 16


@pytest.fixture
def room(nothing_left):
    """A server that is running."""
    with ChatServer(port=0, engine="selectors") as server:
        yield server


@pytest.fixture
def linus(room):
    """Somebody in the room who is not tested."""
    talker = Talker(room.address, "linus")
    yield talker
    talker.socket.close()


@pytest.fixture
def start(room):
    """`start(Person, ...)`, `start(Program, ...)` runs `chatkit join` until the test ends."""
    programs = []

    def _start(kind, *words, **options):
        plain = ["--plain"] if kind is Person else []  # at a terminal, the full-screen app would open
        programs.append(kind("join", *words, *plain, **options))
        return programs[-1]

    yield _start
    for program in programs:
        program.close()


@pytest.fixture
def ada(start, room, linus):
    """A person at a terminal, who is in the room with linus."""
    return arrived(start(Person, *room.address, "ada"), linus)


def arrived(person, linus):
    linus.hears("* ada has entered the room")
    person.sees("ada>", HINT, "* The room contains: linus")
    return person


class Stand:
    """A server of a few scripted lines, for what chatkit's own server would never send."""

    def __init__(self, *lines):
        self.lines = "".join(f"{line}\n" for line in lines).encode()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(PATIENCE)
        self.address = self.listener.getsockname()

    def serve(self):
        self.sock, _ = self.listener.accept()
        self.sock.settimeout(PATIENCE)
        self.sock.sendall(b"who are you?\n")
        self.name = self.sock.recv(100)
        self.sock.sendall(self.lines)


@contextmanager
def stand(*lines):
    """`with stand("* hello") as server:` sends these lines to the client it waits for in `server.serve()`."""
    server = Stand(*lines)
    try:
        yield server
    finally:
        server.listener.close()
        if hasattr(server, "sock"):
            server.sock.close()


# A person is asked


def test_a_person_is_asked_for_what_is_missing_and_again_after_a_bad_answer(start, room, linus):
    person = start(Person)
    person.answers("Host or IP address [127.0.0.1]:", "")
    person.answers("Port [55555]:", "abc")
    person.sees("Port [55555]:", "a port is a number from 0 to 65535, not 'abc'")
    person.answers("Port [55555]:", room.address[1])
    person.answers("Your name [grace]:", "a da")
    person.sees("Your name [grace]:", "a name is 1 to 24 ASCII letters or digits, so it cannot be 'a da'")
    person.answers("Your name [grace]:", "LINUS")
    person.answers("Your name:", "ada")
    arrived(person, linus)
    assert "the name LINUS is in use" in "".join(person.glass.above)


def test_host_and_port_may_be_answered_in_one_word(start, room, linus):
    person = start(Person)
    person.sees("Host or IP address [127.0.0.1]:")
    person.types(f"localhost:{room.address[1]}\n")
    person.sees("Your name [grace]:")
    person.types("\n")
    person.sees("grace>", HINT, "* The room contains: linus")


@pytest.mark.parametrize(("key", "status"), [("\x03", -2), ("\x04", 130)], ids=["Ctrl-C", "Ctrl-D"])
def test_who_does_not_want_to_answer_goes_without_a_word(start, key, status):
    person = start(Person)
    person.sees("Host or IP address [127.0.0.1]:")
    person.types(key)
    assert person.leaves() == status
    assert not any("Traceback" in row for row in person.glass.rows)


def test_nobody_there_is_one_sentence(start):
    person = start(Person, "127.0.0.1", 1, "ada")
    assert person.leaves() == 1
    assert person.glass.above == ["chatkit: nothing listens at 127.0.0.1 port 1; is the server running?"]


# A person talks


def test_a_line_is_said_once_and_shown_once(ada, linus):
    ada.types("hello\n//who is it\n")
    linus.hears("[ada] hello", "[ada] /who is it")
    ada.sees("ada>", "* The room contains: linus", "[ada] hello", "[ada] /who is it")
    linus.says("hello, ada")
    ada.sees("ada>", "[ada] /who is it", "[linus] hello, ada")


def test_a_command_is_answered_and_nobody_else_hears_of_it(ada, linus):
    ada.types("/who\nhello\n")
    linus.hears("[ada] hello")
    ada.looks_until(lambda: "! here now: linus, ada" in ada.glass.above)


def test_arriving_lines_never_touch_what_is_being_typed(ada, linus):
    ada.types("half a li")
    ada.sees("ada> half a li")
    linus.says("one", "two", "日本語")
    ada.sees("ada> half a li", "* The room contains: linus", "[linus] one", "[linus] two", "[linus] 日本語")
    ada.types("ne\n")
    ada.sees("ada>", "[linus] 日本語", "[ada] half a line")
    linus.hears("[ada] half a line")


def test_a_hundred_lines_arrive_between_a_hundred_keys_and_all_are_whole(ada, linus):
    text = "the quick brown fox and 日本語 and é " * 3
    for number, character in enumerate(text):
        ada.types(character)
        linus.says(f"line {number} " + "x" * number)
    ada.types("\n")
    linus.hears(f"[ada] {text}")
    said = [f"[linus] line {number} " + "x" * number for number in range(len(text))]
    ada.looks_until(
        lambda: "".join(ada.glass.above).count("[linus]") == len(text) and ada.glass.bottom == "ada>"
    )
    shown = "".join(ada.glass.above).replace(" ", "")  # long lines are wrapped, at blanks too
    assert [line for line in said if line.replace(" ", "") not in shown] == []
    assert f"[ada] {text}".replace(" ", "") in shown


def test_a_long_line_stays_in_its_row(ada, linus):
    text = "".join(str(number % 10) for number in range(200))
    ada.types(text)
    ada.sees(f"ada< {text[-73:]}", "* The room contains: linus")
    ada.types("\x01")
    ada.sees(f"ada> {text[:74]}", "* The room contains: linus")
    ada.types("\n")
    linus.hears(f"[ada] {text}")


def test_a_line_that_is_too_long_is_explained_and_comes_back(ada, linus):
    ada.types("x" * 3000)
    ada.looks_until(lambda: ada.glass.bottom.startswith("ada< xxx"))
    ada.types("x" * 1500 + "\n")
    ada.looks_until(lambda: any("a server takes 4096 at most" in row for row in ada.glass.above))
    ada.types("\x1b[A\x15short\n")
    linus.hears("[ada] short")


def test_several_pasted_lines_are_several_messages(ada, linus):
    ada.types("\x1b[200~one\rtwo\rthree\x1b[201~")
    linus.hears("[ada] one", "[ada] two")
    ada.sees("ada> three", "[ada] one", "[ada] two")
    assert ada.glass.pastes


def test_another_width_is_used_at_once(ada, linus):
    ada.types("0123456789" * 5)
    ada.sees("ada> " + "0123456789" * 5)
    ada.resize(40)
    ada.looks_until(lambda: ada.glass.bottom == "ada< " + ("0123456789" * 5)[-33:])
    ada.resize(100)
    ada.looks_until(lambda: ada.glass.bottom == "ada> " + "0123456789" * 5)


def test_ctrl_z_gives_the_terminal_back_until_it_is_continued(start, room, linus):
    shell = 'exec <"$0" >"$0" 2>"$0"; set -m; "$@"; stty -a | grep -o -- "-*icanon"; fg >/dev/null'
    ada = arrived(start(Person, *room.address, "ada", shell=shell), linus)
    ada.types("half")
    ada.sees("ada> half")
    ada.types("\x1a")
    ada.looks_until(lambda: "icanon" in ada.glass.above)
    ada.sees("ada> half")
    ada.types(" a line\n")
    linus.hears("[ada] half a line")
    ada.types("\x04")
    assert ada.leaves() == 0


# A person leaves

WAYS_TO_LEAVE = {
    "Ctrl-C": lambda ada: ada.types("\x03"),
    "Ctrl-C in a line": lambda ada: ada.types("half\x03"),
    "Ctrl-D": lambda ada: ada.types("\x04"),
    "quit": lambda ada: ada.types("/quit\n"),
    "SIGTERM": lambda ada: ada.signal(signal.SIGTERM),
    "SIGHUP": lambda ada: ada.signal(signal.SIGHUP),
}


@pytest.mark.parametrize("way", WAYS_TO_LEAVE)
def test_who_leaves_is_heard_of_and_the_terminal_is_as_it_was(ada, linus, way):
    assert ada.settings() != ada.before
    WAYS_TO_LEAVE[way](ada)
    assert ada.leaves() == 0
    linus.hears("* ada has left the room")
    assert ada.settings() == ada.before
    assert not ada.glass.pastes
    assert ada.glass.rows == [HINT, "* The room contains: linus", ""]


def test_ctrl_d_in_a_line_deletes(ada, linus):
    ada.types("hellox\x1b[D\x04\r")
    linus.hears("[ada] hello")


def test_a_server_that_goes_takes_nothing_along_that_was_typed(ada, room, linus):
    ada.types("half a line")
    ada.sees("ada> half a line")
    linus.leaves()
    ada.sees("ada> half a line", "* linus has left the room")
    room.stop()
    assert ada.leaves() == 1
    assert ada.settings() == ada.before
    host, port = room.address
    assert ada.glass.above[-4:-2] == [
        "! the server is stopping; goodbye",
        "! this was not sent: half a line",
    ]
    assert ada.glass.above[-2] + ada.glass.above[-1].removeprefix("  ") == (
        f"chatkit: {host} port {port} ended the conversation; it said: the server is stopping; goodbye"
    )


def test_a_second_ctrl_c_does_not_wait_for_a_silent_server(start):
    with stand("* The room contains: linus") as server:
        person = start(Person, *server.address, "ada")
        server.serve()
        person.sees("ada>", HINT, "* The room contains: linus")
        person.types("\x03")
        assert server.sock.recv(100) == b""  # it has said goodbye, and waits for ours
        person.types("\x03")
        assert person.leaves() == -signal.SIGINT
        assert person.settings() == person.before


# Colours


def test_every_name_keeps_its_colour_and_every_kind_its_first_character():
    assert painted(Said("ada", "hi")) == painted(Said("ada", "hi"))
    assert len({painted(Said(name, "")) for name in ("ada", "grace", "linus")}) == 3
    assert painted(Said("ADA", "hi")).replace("ADA", "ada") == painted(Said("ada", "hi"))
    messages = [Said("ada", "hi"), Joined("ada"), Reply("hi"), Remembered("now", "ada", "hi")]
    assert [re.sub("\x1b\\[[0-9;]*m", "", painted(each)) for each in messages] == [*map(str, messages)]


def test_without_colours_nothing_is_painted(start, room, linus):
    ada = arrived(start(Person, *room.address, "ada", NO_COLOR="1"), linus)
    linus.says("hello")
    ada.sees("ada>", "[linus] hello")
    assert not ada.glass.painted


def test_with_colours_something_is(ada, linus):
    linus.says("hello")
    ada.sees("ada>", "[linus] hello")
    assert {"2", "0"} < ada.glass.painted


def test_a_dumb_terminal_gets_no_sequence_at_all(start, room, linus):
    ada = start(Person, *room.address, "ada", TERM="dumb")
    linus.hears("* ada has entered the room")
    ada.sees("", "* The room contains: linus")
    ada.types("hello\n")
    linus.hears("[ada] hello")
    linus.says("hello, ada")
    ada.sees("", "* The room contains: linus", "hello", "[linus] hello, ada")
    ada.types("\x04")
    assert ada.leaves() == 0
    assert not ada.glass.painted
    linus.hears("* ada has left the room")


@pytest.mark.fault(16)
def test_no_server_can_reach_the_terminal(start):
    with stand("* The room contains: ", "[linus] \x1b[2J\x07\x9b2Jhello\u202e\u2028!") as server:
        person = start(Person, *server.address, "ada")
        server.serve()
        person.sees("ada>", "[linus] \ufffd[2J\ufffd\ufffd2Jhello\ufffd\ufffd!")


@pytest.mark.fault(15)
@pytest.mark.parametrize("letter", ["x", " ", "\t", "界", *SURPRISES])
@pytest.mark.parametrize("colour", ["", "1"])
def test_no_text_that_is_long_enough_goes_on_in_the_place_of_a_name(start, room, linus, letter, colour):
    """Nor if the terminal draws a letter wider than it was counted."""
    ada = arrived(start(Person, *room.address, "ada", NO_COLOR=colour), linus)
    for length in range(3, 73):
        linus.says(f"{letter * length}[grace] it was me")
    linus.says("that is all")
    ada.looks_until(lambda: ada.glass.above[-1] == "[linus] that is all")
    said = [row for row in ada.glass.above if not row.startswith(("* ", "[linus]"))]
    assert said
    assert [row for row in said if row and not row.startswith("  ")] == []


@pytest.mark.fault(15)
@pytest.mark.parametrize("letter", ["x", " ", *SURPRISES])
def test_nor_does_it_where_a_script_prints_to_a_terminal(start, room, linus, letter):
    ada = start(Person, *room.address, "ada", "--wait", "inf", shell='exec "$@" </dev/null >"$0" 2>"$0"')
    linus.hears("* ada has entered the room")
    for length in range(60, 73):
        linus.says(f"{letter * length}[grace] it was me")
    linus.says("that is all")
    ada.looks_until(lambda: ada.glass.above[-1:] == ["[linus] that is all"])
    assert [row for row in ada.glass.above[1:] if not row.startswith(("* ", "[linus]", "  "))] == []


@pytest.mark.fault(15)
def test_nor_do_the_last_words_of_a_server(start):
    with stand(
        "* welcome", "! bye" + " " * 60 + "chatkit: your account is locked, ".ljust(80) + "Your password:"
    ) as server:
        person = start(Person, *server.address, "ada")
        server.serve()
        server.sock.close()
        assert person.leaves() == 1
    last = [row.startswith("chatkit: ") for row in person.glass.above].index(True)
    assert "it said: bye chatkit: your account is locked, Your password:" in "".join(
        [person.glass.above[last], *(row[2:] for row in person.glass.above[last + 1 :])]
    )
    assert all(row.startswith("  ") for row in person.glass.above[last + 1 :])


@pytest.mark.fault(15)
def test_nor_do_those_that_refuse_a_name(start):
    with stand("! the name ada is taken," + "x" * 71 + "Your password:") as server:
        person = start(Person, *server.address, "ada")
        server.serve()
        server.sock.close()
        person.sees("Your name:")
    assert [row[:2] for row in person.glass.above[1:]] == ["  "]


# A script


def test_a_script_says_every_line_and_leaves(room, linus):
    done = run("join", *room.address, "bot", said="hello\n\nhow are you\n/who\nthe last")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == ["* The room contains: linus", "! here now: linus, bot"]
    linus.hears("* bot has entered the room", "[bot] hello", "[bot] how are you", "[bot] the last")
    linus.hears("* bot has left the room")


def test_ten_thousand_lines_are_said_and_heard_in_order(start, room, linus):
    lines = [f"line {number}" for number in range(10_000)]
    ear = start(Program, *room.address, "ear", "--wait", "inf")
    linus.hears("* ear has entered the room")
    done = run("join", *room.address, "bot", said="\n".join(lines))
    assert done.returncode == 0
    ear.prints_until("bot has entered")
    ear.prints(*[f"[bot] {line}" for line in lines], "* bot has left the room")
    linus.hears_until("* bot has left the room")


def test_quit_ends_the_input(room, linus):
    done = run("join", *room.address, "bot", "--wait", "inf", said="hello\n /quit\nnever said\n")
    assert done.returncode == 0
    linus.hears("* bot has entered the room", "[bot] hello", "* bot has left the room")


def test_it_listens_on_after_the_input_for_as_long_as_is_asked(start, room, linus):
    ear = start(Program, *room.address, "ear", "--wait", "0.3")
    linus.hears("* ear has entered the room")
    linus.says("hello")
    ear.prints_until("The room contains")
    ear.prints("[linus] hello")
    assert ear.ends() == (0, [], [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_a_signal_makes_a_script_leave_politely(start, room, linus, number):
    ear = start(Program, *room.address, "ear", "--wait", "inf")
    linus.hears("* ear has entered the room")
    ear.prints_until("The room contains")
    ear.signal(number)
    assert ear.ends() == (0, [], [])
    linus.hears("* ear has left the room")


def test_json_has_every_kind_and_its_fields(start):
    lines = [
        "* The room contains: grace, linus",
        "[grace] h\u00e9llo",
        "* ada has entered the room",
        "* ada has left the room",
        "* linus has left the room (too slow)",
        "* the moon is full",
        "! no",
        "~ 2026-11-22T12:01:05Z [ada] before",
    ]
    with stand(*lines) as server:
        ear = start(Program, *server.address, "ear", "--json", "--wait", "inf")
        server.serve()
        heard = [json.loads(ear.next_line()) for _ in range(9)]
    for message in heard:
        datetime.strptime(message.pop("at"), "%Y-%m-%dT%H:%M:%SZ")
    assert heard == [
        {"kind": "prompt", "text": "who are you?"},
        {"kind": "roster", "names": ["grace", "linus"]},
        {"kind": "said", "name": "grace", "text": "h\u00e9llo"},
        {"kind": "joined", "name": "ada"},
        {"kind": "left", "name": "ada"},
        {"kind": "left", "name": "linus", "reason": "too slow"},
        {"kind": "notice", "text": "the moon is full"},
        {"kind": "reply", "text": "no"},
        {"kind": "remembered", "when": "2026-11-22T12:01:05Z", "name": "ada", "text": "before"},
    ]


def test_at_is_the_time_in_utc():
    before = datetime.now(UTC).replace(microsecond=0)
    at = json.loads(as_json(Said("ada", "hello")))["at"]
    then = datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert before <= then <= datetime.now(UTC)


def test_the_help_tells_every_kind_and_field_of_the_json():
    told = dict(
        re.findall(r"^  (\w+) {2,}([a-z]+(?:, [a-z]+)*)(?: {2,}.*)?$", run("join", "--help").stdout, re.M)
    )
    for message in [
        Prompt("x"),
        Roster("x"),
        Joined("x"),
        Left("x"),
        Lost("x", "y"),
        Said("x", "y"),
        Notice("x"),
        Reply("x"),
        Remembered("x", "y", "z"),
    ]:
        fields = json.loads(as_json(message))
        assert fields.keys() - {"at", "kind"} <= set(told[fields["kind"]].split(", "))


def test_the_plain_conversation_of_windows_sends_and_prints(room, linus, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("hello\n\n/who\n/quit\nnever said\n"))
    talk_plainly(ChatClient(*room.address, "bot").connect(), str)
    linus.hears("* bot has entered the room", "[bot] hello", "* bot has left the room")
    assert "! here now: linus, bot\n" in capsys.readouterr().out


# A script when things go wrong


def failure(done):
    """The one sentence of a script that failed."""
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


def test_nobody_there_fails_with_a_sentence():
    assert failure(run("join", "127.0.0.1", 1, "bot")).endswith("is the server running?")


def test_a_taken_name_fails_with_a_sentence(room, linus):
    assert "the name Linus is in use" in failure(run("join", *room.address, "Linus"))


def test_what_is_no_chat_server_fails_with_a_sentence(start):
    with stand("SSH-2.0-OpenSSH", "* The room contains: ", "no chat line at all") as server:
        bot = start(Program, *server.address, "bot", "--wait", "inf")
        server.serve()
        status, _, errors = bot.ends()
    assert (status, len(errors)) == (1, 1)
    assert "does not talk like a chat server" in errors[0]


def test_a_server_that_goes_fails_with_its_last_words(start, room, linus):
    ear = start(Program, *room.address, "ear", "--wait", "inf")
    ear.prints_until("The room contains")
    linus.leaves()
    ear.prints_until("linus has left")
    room.stop()
    status, said, errors = ear.ends()
    assert (status, said) == (1, ["! the server is stopping; goodbye"])
    assert errors[0].endswith("ended the conversation; it said: the server is stopping; goodbye")


def test_a_line_that_cannot_be_sent_is_told_and_the_others_are_sent(room, linus):
    done = run("join", *room.address, "bot", said="one\n" + "x" * 5000 + "\ntwo\n")
    assert "a server takes 4096 at most" in failure(done)
    linus.hears("* bot has entered the room", "[bot] one", "[bot] two", "* bot has left the room")


def test_a_line_without_an_end_is_told_and_ends_the_input(room, linus):
    done = run("join", *room.address, "bot", said="one\n" + "x" * 70_000)
    assert "nothing from there on is sent" in failure(done)
    linus.hears("* bot has entered the room", "[bot] one", "* bot has left the room")


def test_bytes_that_are_not_utf_8_are_replaced(room, linus):
    subprocess.run(
        [*CHATKIT, "join", *map(str, room.address), "bot"], input=b"caf\xe9\r\n", env=ENVIRONMENT, cwd="/"
    )
    linus.hears("* bot has entered the room", "[bot] caf\ufffd", "* bot has left the room")


UNANSWERED = "said no goodbye, and may not have read what was said last"


@pytest.mark.fault(33)
@pytest.mark.parametrize("spoke", ["hello\n", ""])
def test_a_script_whose_last_line_may_be_lost_fails_with_a_sentence(spoke):
    with a_server_that(*JOINED, hears_the_end, resets) as address:
        done = run("join", *address, "ada", said=spoke)
    host, port = address
    expected = f"chatkit: {host} port {port} {UNANSWERED}\n" if spoke else ""
    assert (done.returncode, done.stderr) == (int(bool(spoke)), expected)


@pytest.mark.fault(33)
def test_a_person_whose_last_line_may_be_lost_is_told(start):
    with a_server_that(*JOINED, hears_the_end, resets) as address:
        person = start(Person, *address, "ada")
        person.sees("ada>", HINT, "* The room contains: grace")
        person.types("hello\n")
        person.sees("ada>", "[ada] hello")
        person.types("\x04")
        assert person.leaves() == 1
    assert UNANSWERED in person.glass.above[-2] + person.glass.above[-1][2:]


def test_a_reader_who_has_enough_ends_it_quietly(start, room, linus):
    ear = start(Program, *room.address, "ear", "--wait", "inf")
    ear.prints_until("The room contains")
    linus.hears("* ear has entered the room")
    ear.process.stdout.close()
    linus.says("hello")
    linus.hears("* ear has left the room")
    assert ear.process.wait(PATIENCE) == 0
    assert ear.next_line("stderr") == ""


@pytest.mark.parametrize("closed", ["<&-", "<&- >&-"])
def test_without_an_input_it_comes_and_goes(start, room, linus, closed):
    bot = start(Program, *room.address, "bot", command=["sh", "-c", f'exec "$@" {closed}', "sh", *CHATKIT])
    assert (bot.process.wait(PATIENCE), bot.next_line("stderr")) == (0, "")
    linus.hears("* bot has entered the room", "* bot has left the room")


def test_answers_after_the_goodbye_are_still_printed(start):
    with stand("* The room contains: ") as server:
        bot = start(Program, *server.address, "bot")
        server.serve()
        while server.sock.recv(100):
            pass
        server.sock.sendall(b"! one more thing\n")
        server.sock.shutdown(socket.SHUT_WR)
        bot.prints("who are you?", "* The room contains: ", "! one more thing")
        assert bot.ends() == (0, [], [])
