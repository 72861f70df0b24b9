"""The command `chatkit tap`: it passes everything on, shows it, and what it shows is harmless."""

import os
import re
import signal
import socket
import sys
from random import Random

import pytest
from program import ENVIRONMENT, ROOT, UNNOTICED, Program, run
from talker import PATIENCE, Talker, free_port

from chatkit.cli.tape import Tape, as_line, show
from chatkit.lab.events import Event, EventLog, Kind, Way

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the signals and pipes are those of POSIX")


@pytest.fixture
def tap(nothing_left):
    """`tap(address)` is a tap that runs; it is ended with the test."""
    programs = []

    def _tap(address, *words, **options):
        programs.append(Program("tap", f"{address[0]}:{address[1]}", *words, **options))
        first = programs[-1].next_line()
        found = re.fullmatch(r"connect to (\S+) port (\d+) instead of \S+ port \d+", first)
        programs[-1].address = found[1], int(found[2])
        return programs[-1]

    yield _tap
    for program in programs:
        program.close()


@pytest.fixture
def echo(nothing_left):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        yield listener


def without_time(line):
    time, rest = re.fullmatch(r" *(\d+\.\d{3})  (.*)", line).groups()
    assert float(time) >= 0
    return re.sub(" +", " ", rest)


def test_it_shows_a_conversation_from_its_beginning_to_its_end(tap, serve, talkers):
    program = tap(serve().address)
    talkers.append(ada := Talker(program.address, "ada"))
    ada.says("/quit")
    ada.hears_the_end()
    ada.leaves()
    seen = [without_time(program.next_line()) for _ in range(7)]
    assert seen == [
        "client 1 connected",
        'client 1 <-- "Welcome to chatkit! What shall I call you?\\n"',
        'client 1 --> "ada\\n"',
        'client 1 <-- "* The room contains: \\n"',
        'client 1 --> "/quit\\n"',
        "client 1 <-- FIN",
        "client 1 --> FIN",
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_a_signal_ends_it_and_a_picture_is_drawn(tap, echo, tmp_path, number):
    file = tmp_path / "talk.svg"
    program = tap(echo.getsockname(), "--svg", file)
    with socket.create_connection(program.address, PATIENCE) as client:
        server, _ = echo.accept()
        with server:
            client.sendall(b"<hello>\n")
            assert '--> "<hello>\\n"' in [program.next_line(), program.next_line()][-1]
            program.signal(number)
            status, said, errors = program.ends()
    assert (status, errors, said[-1]) == (0, [], f"drew 3 events in '{file}'")
    assert "&lt;hello&gt;" in file.read_text()


def test_a_port_may_be_chosen(tap, echo):
    port = free_port()
    assert tap(echo.getsockname(), "--listen", port).address == ("127.0.0.1", port)


def test_a_server_that_is_not_there_is_told(tap):
    program = tap(("127.0.0.1", free_port()))
    with pytest.raises(ConnectionResetError), socket.create_connection(program.address, PATIENCE) as client:
        client.recv(1)
    said = [without_time(program.next_line()) for _ in range(2)]
    assert said == ["client 1 the server cannot be reached: connection refused", "client 1 <-- RST"]


def test_nobody_who_reads_is_an_end_like_any_other(tap, echo):
    program = tap(echo.getsockname())
    program.process.stdout.close()
    with socket.create_connection(program.address, PATIENCE), echo.accept()[0]:
        assert program.process.wait(PATIENCE) == 0
    assert program.next_line("stderr") == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")
def test_an_output_that_is_full_is_a_sentence(nothing_left):
    with open("/dev/full", "w") as full:
        program = Program("tap", "127.0.0.1:9", stdout=full)
        try:
            assert program.process.wait(PATIENCE) == 1
            assert program.next_line("stderr") == "chatkit: cannot write what passes: No space left on device"
        finally:
            program.close()


def test_what_passes_is_passed_on_although_nobody_reads_the_output(tap, echo):
    """The pipe is full after 64 kB; what passes does not wait for it."""
    program = tap(echo.getsockname())
    with socket.create_connection(program.address, PATIENCE) as client:
        server, _ = echo.accept()
        with server:
            server.settimeout(PATIENCE)
            for _ in range(2000):
                client.sendall(b"x" * 100)
                assert server.recv(100, socket.MSG_WAITALL) == b"x" * 100
    program.process.stdout.close()


IMPATIENT = "import chatkit.cli.bell as bell; bell.WORST = 0.5; import runpy; "
IMPATIENT += "runpy.run_module('chatkit', run_name='__main__')"


@pytest.mark.fault(33)
@pytest.mark.parametrize("before", ["", UNNOTICED], ids=["in a call", "just before it"])
def test_whoever_asks_it_to_end_gets_the_picture_although_nobody_reads_the_output(
    tap, echo, tmp_path, before
):
    file = tmp_path / "talk.svg"
    program = tap(echo.getsockname(), "--svg", file, command=[sys.executable, "-c", before + IMPATIENT])
    with socket.create_connection(program.address, PATIENCE) as client:
        server, _ = echo.accept()
        with server:
            server.settimeout(PATIENCE)
            for _ in range(2000):  # more than the pipe takes
                client.sendall(b"x" * 100)
                assert server.recv(100, socket.MSG_WAITALL) == b"x" * 100
            program.signal(signal.SIGTERM)
            assert program.process.wait(PATIENCE) == 128 + signal.SIGTERM
    assert file.read_text().startswith("<svg")


def test_nothing_but_python_is_needed(tap, echo):
    bare = [sys.executable, "-B", "-E", "-s", "-S", "-m", "chatkit"]
    program = tap(echo.getsockname(), command=bare, cwd=ROOT)
    program.signal(signal.SIGTERM)
    assert program.ends() == (0, [], [])


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["a b"], 2, "a host is a name or an address"),
        (["127.0.0.1:5", "more"], 2, "'more' is one word too many"),
        (["127.0.0.1:5", "--listen", "x"], 2, "a port is a number from 0 to 65535, not 'x'"),
        (["127.0.0.1:5", "--svg", "/no/such/folder/x.svg"], 2, "no folder '/no/such/folder'"),
        (["127.0.0.1:5", "--sgv", "x"], 2, "there is no option --sgv; did you mean --svg?"),
        (["127.0.0.1:0"], 1, "a port is a number from 1 to 65535"),
        (["no.such.host.invalid:5"], 1, "there is no no.such.host.invalid port 5 to relay to: no such host"),
    ],
    ids=str,
)
def test_what_is_wrong_is_one_sentence(words, status, sentence):
    done = run("tap", *words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (status, "", 1)
    assert sentence in done.stderr


def test_a_taken_port_is_told(echo):
    done = run("tap", "127.0.0.1:5", "--listen", echo.getsockname()[1])
    assert done.returncode == 2
    assert "another program listens there already" in done.stderr


def test_its_help_has_examples_and_fits_a_terminal():
    done = run("tap", "--help", env=ENVIRONMENT | {"COLUMNS": "80"})
    assert "examples:" in done.stdout
    assert "exit status:" in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 80


# A line


def event(kind=Kind.BYTES, data=b"", **fields):
    return Event(1, kind, "ada", Way.TO_CLIENT, 1.5, 1.6, data, len(data), **fields)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"hello\n", '"hello\\n"'),
        (b"one\ntwo\nthr", '"one\\n" "two\\n" "thr"'),
        (b"\n", '"\\n"'),
        (b"\x1b[31m\r\x07\x00", '"\\x1b[31m\\r\\x07\\x00"'),
        (b"\xff\xc3", '"\\xff\\xc3"'),
        ("caf\u00e9 \u2028\u202e\n".encode(), '"caf\u00e9 \\u2028\\u202e\\n"'),
    ],
    ids=repr,
)
def test_bytes_are_shown_as_quoted_lines_that_do_nothing_to_a_terminal(data, shown):
    assert show(data, len(data)) == shown


@pytest.mark.parametrize(
    "data", [b"x" * 5000, b"x\n" * 2000, Random(7).randbytes(4096)], ids=["long", "many", "noise"]
)
def test_much_is_shown_in_part_and_counted(data):
    line = show(data[:4096], len(data))
    assert line.endswith(f"({len(data):,} bytes)")
    assert len(line) < 400
    assert re.sub("[\u2068\u2069]", "", line).isprintable()  # around words that run from right to left


def test_a_goodbye_a_loss_and_words_are_told():
    assert as_line(event(Kind.RST)) == "    1.500  ada        <-- RST"
    assert as_line(event(data=b"x", lost=True)) == '    1.500  ada        <-- "x"  (lost)'
    assert as_line(event(Kind.NOTE, words="\x1b[1mfrozen")) == "    1.500  ada        \\x1b[1mfrozen"


def test_events_that_came_too_fast_are_counted(capsys):
    log = EventLog()
    for _ in range(5003):
        log.happened(Kind.FIN, "ada")
    Tape(log).write_new()
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], len(lines)) == ("... 3 events came too fast to be shown", 5001)


def test_what_is_on_its_way_is_not_waited_for_for_ever(capsys):
    now = 0.0
    log = EventLog(lambda: now)
    tape = Tape(log)
    log.sent(Kind.BYTES, "ada", Way.TO_SERVER, b"slow")
    log.happened(Kind.FIN, "grace")
    tape.write_new()
    assert capsys.readouterr().out == ""
    now = 0.3
    tape.write_new()
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["ada", "grace"]
