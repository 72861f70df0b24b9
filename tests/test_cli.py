"""The program `chatkit` and its command `serve`, as people and scripts meet them, by real sockets."""

import logging
import os
import re
import select
import signal
import socket
import subprocess
import sys

import pytest
from program import CHATKIT, ENVIRONMENT, ROOT, Program, run
from talker import PATIENCE, Talker, eventually, free_port

from chatkit import __version__
from chatkit.cli import server_log
from chatkit.cli.answers import WrongAnswer, no_more, read_address, to_name
from chatkit.cli.bell import Bell

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the signals and pipes are those of POSIX")


@pytest.fixture
def start(nothing_left):
    """`start("serve", 0)` is a program that is ended with the test."""
    programs = []

    def _start(*words, **options):
        programs.append(Program(*words, **options))
        return programs[-1]

    yield _start
    for program in programs:
        program.close()


@pytest.fixture
def room(start):
    """`room("--quiet")` is a server that listens, with its `address`."""

    def _room(*words, where=("127.0.0.1", 0), **options):
        program = start("serve", *where, *words, **options)
        first = program.next_line()
        host, port = re.fullmatch(r"\d\d:\d\d:\d\d listening on (\S+) port (\d+)", first).groups()
        program.address = host, int(port)
        return program

    return _room


@pytest.fixture
def join(talkers):
    """`join(program, "ada")` has joined by a raw socket."""

    def _join(program, name, **options):
        talkers.append(Talker(program.address, name, **options))
        return talkers[-1]

    return _join


def one_sentence(done, status):
    """The one line that a program says when it fails: no traceback, nothing on standard output."""
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("chatkit")
    return done.stderr.strip()


# The words


def test_it_tells_its_version():
    assert run("--version").stdout == f"chatkit {__version__}\n"


def test_nothing_but_python_is_needed():
    bare = [sys.executable, "-B", "-E", "-s", "-S"]
    path = subprocess.run([*bare, "-c", "import sys; print(sys.path)"], capture_output=True, text=True).stdout
    assert "site-packages" not in path
    done = subprocess.run([*bare, "-m", "chatkit", "--version"], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (f"chatkit {__version__}\n", "")


def test_two_bare_programs_hold_a_conversation(start):
    bare = [sys.executable, "-B", "-E", "-s", "-S", "-m", "chatkit"]
    server = start("serve", 0, command=bare, cwd=ROOT)
    port = server.next_line().split()[-1]
    words = ["join", "127.0.0.1", port, "bot"]
    done = subprocess.run(
        [*bare, *words], input="/who\n", cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "! here now: bot")


@pytest.mark.parametrize(
    "words",
    [
        ["check", "--list"],
        ["check", "--exercise", "lines", "chatkit/exercises/lines/starter.py"],
        ["progress"],
    ],
)
def test_who_reads_no_more_is_no_error(words):
    with subprocess.Popen(
        [*CHATKIT, *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        program.stdout.close()  # as `head` does, once it has enough
        assert "Traceback" not in program.stderr.read()


def test_alone_it_shows_what_it_can_do_and_fails():
    done = run()
    assert (done.returncode, done.stdout) == (2, "")
    assert {"serve", "join", "check"} <= set(done.stderr.split())


@pytest.mark.parametrize("command", [(), ("serve",), ("join",)])
def test_help_has_examples_and_exit_statuses_and_fits_a_terminal(command):
    done = run(*command, "--help", env=ENVIRONMENT | {"COLUMNS": "80"})
    assert done.returncode == 0
    assert "examples:" in done.stdout
    assert "exit status:" in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 80


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["serv"], "there is no command 'serv'; did you mean serve?"),
        (["dance"], "there is no command 'dance' ("),
        (["--verison"], "there is no option --verison; did you mean --version?"),
        (["serve", "--asci"], "there is no option --asci; did you mean --ascii?"),
        (
            ["serve", "--port", "5"],
            "--port; say the host and the port without it, as in 127.0.0.1 55555",
        ),
        (["join", "--host=::1"], "option --host=::1; say the host and the port without it"),
        (["join", "--jason"], "there is no option --jason; did you mean --json?"),
        (["serve", "--engine", "thread"], "invalid choice: 'thread'"),
        (["serve", "--max-clients", "many"], "'many'"),
        (["join", "--wait", "nan"], "number of seconds, not 'nan'"),
        (["serve", "localhost", "5000", "ada"], "'ada' is one word too many"),
        (["serve", "70000"], "a port is a number from 0 to 65535, not '70000'"),
        (["serve", "a..b"], "a host is a name or an address such as 127.0.0.1, not 'a..b'"),
        (["serve", "no.such.host.invalid", "0"], "cannot listen on no.such.host.invalid port 0"),
        (["join", "127.0.0.1", "5000", "a b"], "1 to 24 ASCII letters or digits, so it cannot be 'a b'"),
        (["join", "127.0.0.1", "5000"], "a name is missing"),
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_one_sentence_and_status_2(words, expected):
    assert expected in one_sentence(run(*words), 2)


@pytest.mark.parametrize(
    ("words", "host", "port", "rest"),
    [
        ("", None, None, ""),
        ("localhost", "localhost", None, ""),
        ("localhost 5000", "localhost", 5000, ""),
        ("localhost:5000", "localhost", 5000, ""),
        ("localhost:5000 ada", "localhost", 5000, "ada"),
        ("5000", None, 5000, ""),
        (":5000 ada", None, 5000, "ada"),
        ("::1", "::1", None, ""),
        ("::1 0 ada", "::1", 0, "ada"),
        ("[::1]", "::1", None, ""),
        ("[::1]:5000 ada", "::1", 5000, "ada"),
    ],
)
def test_an_address_may_be_one_word_or_two(words, host, port, rest):
    assert read_address(words.split()) == (host, port, rest.split())


@pytest.mark.parametrize("words", ["localhost:x", "localhost ada", "localhost 1_0", "localhost -1", "a\tb"])
def test_what_is_no_address_is_refused(words):
    with pytest.raises(WrongAnswer):
        read_address(words.split(" "))


@pytest.mark.parametrize("name", ["", "a b", "é", "a" * 25, "ada\n", "x]"])
def test_a_name_is_what_a_room_takes(name):
    assert to_name("a" * 24) == "a" * 24
    with pytest.raises(WrongAnswer):
        to_name(name)


def test_nothing_to_complain_of_is_no_complaint():
    no_more([])


def test_options_may_stand_between_the_words(room):
    assert room("--ascii", "0", where=("127.0.0.1",)).address[0] == "127.0.0.1"


# A server


@pytest.mark.parametrize("engine", ["threads", "selectors"])
def test_it_says_who_comes_and_goes(room, join, engine):
    server = room("--engine", engine)
    ada, grace = join(server, "ada"), join(server, "grace")
    ada.hears("* grace has entered the room")
    grace.says("hello")
    ada.hears("[grace] hello")
    grace.leaves()
    said = [server.next_line() for _ in range(3)]
    assert [line[9:] for line in said] == [
        "* ada has entered the room",
        "* grace has entered the room",
        "* grace has left the room",
    ]
    assert all(re.match(r"\d\d:\d\d:\d\d ", line) for line in said)


def test_verbose_tells_of_those_who_never_give_a_name(room):
    server = room("--verbose")
    socket.create_connection(server.address).close()
    assert server.prints_until(" connected")


def test_quiet_says_nothing_but_warnings(start):
    port = free_port()
    server = start("serve", "0.0.0.0", port, "--quiet")
    assert "warning:" in server.next_line()
    server.signal(signal.SIGTERM)
    assert server.ends() == (0, [], [])


def test_quiet_tells_the_port_that_nobody_asked_for(room, join):
    server = room("--quiet")
    join(server, "ada").leaves()
    server.signal(signal.SIGTERM)
    assert server.ends() == (0, [], [])


def _listens(address):
    try:
        socket.create_connection(address).close()
    except ConnectionRefusedError:
        return False
    return True


def test_ascii_refuses_what_is_not(room, join):
    ada = join(room("--ascii"), "ada")
    ada.says("caf\u00e9")
    ada.hears_an_error("ASCII")


def test_more_than_the_maximum_are_turned_away(room, join):
    server = room("--max-clients", 1)
    join(server, "ada")
    late = socket.create_connection(server.address, timeout=PATIENCE)
    with late:
        assert late.recv(1 << 16).startswith(b"! the room is full")
    assert server.prints_until("the room is full")


@pytest.mark.parametrize("where", [["::1", "0"], ["[::1]:0"]], ids=" ".join)
def test_it_listens_on_ipv6(room, join, where):
    if not socket.has_ipv6 or not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("this machine has no IPv6")
    server = room(where=where)
    assert server.address[0] == "::1"
    join(server, "ada").says("/who")


@pytest.mark.fault(43)
def test_who_can_be_reached_by_everybody_is_warned_once(room):
    server = room(where=("0.0.0.0", 0))
    warning = server.next_line()
    assert "warning: anyone who can reach this machine can join, and nothing is encrypted" in warning
    server.signal(signal.SIGTERM)
    assert [line[9:] for line in server.ends()[1]] == ["stopped"]


@pytest.mark.fault(43)
def test_on_loopback_nobody_is_warned(room):
    server = room()
    server.signal(signal.SIGTERM)
    assert [line[9:] for line in server.ends()[1]] == ["stopped"]


# Its end


@pytest.mark.fault(33)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_a_signal_ends_it_politely(room, join, number):
    server = room()
    ada = join(server, "ada")
    server.signal(number)
    ada.hears("! the server is stopping; goodbye")
    ada.hears_the_end()
    ada.leaves()
    status, said, errors = server.ends()
    assert (status, errors, said[-1][9:]) == (0, [], "stopped")


def test_a_guest_who_does_not_answer_does_not_hold_it_up(room, join):
    server = room()
    join(server, "ada")
    server.signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0  # 1.1 seconds on a calm machine


def test_a_signal_rings_the_bell_itself():
    """A handler in Python would ring it too late: one that comes just before a wait is noticed after it."""
    bell = Bell()
    with bell.rung_by_signals(signal.SIGUSR1):
        signal.raise_signal(signal.SIGUSR1)
        assert select.select([bell], [], [], 0)[0]
        bell.hush()
        assert not select.select([bell], [], [], 0)[0]
    assert (list(bell.signals), bell.is_asked_to_end) == ([signal.SIGUSR1], False)


def altered(change):
    """The command of a `chatkit` in which something has been changed."""
    imports = "import sys, time; from chatkit.cli import main; from chatkit.server import ChatServer"
    return [sys.executable, "-c", f"{imports}\n{change}\nsys.exit(main())"]


@pytest.mark.skipif(os.name != "posix", reason="limits are those of POSIX")
@pytest.mark.fault(26)
@pytest.mark.parametrize("few", range(6, 10))
def test_too_few_descriptors_to_start_with_are_one_sentence(few):
    command = ["sh", "-c", f'ulimit -n {few}; exec "$@"', "sh", *CHATKIT, "serve", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env=ENVIRONMENT)
    assert done.returncode
    assert "Traceback" not in done.stderr
    if done.stderr.startswith("chatkit: "):  # with even fewer, Python itself cannot start
        assert done.stderr.endswith("Too many open files\n")


@pytest.mark.fault(27)
def test_no_thread_to_start_with_is_one_sentence(start):
    change = (
        "import threading; threading.Thread.start = lambda self: exec('raise RuntimeError(\"no thread\")')"
    )
    status, _, errors = start("serve", 0, command=altered(change)).ends()
    assert (status, errors) == (1, ["chatkit: the server cannot start: no thread"])


def test_a_server_that_fails_says_so_and_ends(start):
    server = start("serve", 0, command=altered("ChatServer._round = lambda self: sys.exit()"))
    status, _, errors = server.ends()
    assert status == 1
    assert "chatkit: the server has failed" in errors[-1]


@pytest.mark.fault(33)
def test_a_second_signal_ends_it_at_once(start):
    stuck = "ChatServer.stop = lambda self, timeout: print('stopping', flush=True) or time.sleep(60)"
    server = start("serve", 0, command=altered(stuck))
    server.prints_until("listening")
    server.signal(signal.SIGTERM)
    server.prints("stopping")
    server.signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == -signal.SIGTERM


def test_under_nohup_a_closed_terminal_does_not_end_it(room, join):
    server = room(command=["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *CHATKIT])
    server.signal(signal.SIGHUP)
    ada, grace = join(server, "ada"), join(server, "grace")
    grace.says("still here")
    ada.hears("* grace has entered the room", "[grace] still here")


@pytest.mark.fault(30)
def test_the_next_server_starts_at_once(room, join):
    first = room(where=("127.0.0.1", free_port()))
    join(first, "ada")
    first.signal(signal.SIGKILL)
    first.process.wait()
    assert room(where=first.address).address == first.address


@pytest.mark.fault(29)
def test_a_taken_port_is_one_sentence_with_its_holder():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = one_sentence(run("serve", "127.0.0.1", port), 2)
    assert f"cannot listen on 127.0.0.1 port {port}: " in sentence
    assert "stop it, or choose another port" in sentence
    if sys.platform == "linux":
        assert f"(pid {os.getpid()})" in sentence


# Its log


def chat_goes_on(server, join):
    ada, grace = join(server, "ada"), join(server, "grace")
    grace.says("hello")
    ada.hears("* grace has entered the room", "[grace] hello")
    grace.leaves()
    ada.hears("* grace has left the room")
    ada.leaves()


@pytest.mark.fault(37)
def test_a_closed_log_does_not_end_the_chat(room, join):
    server = room()
    server.process.stdout.close()
    chat_goes_on(server, join)
    server.signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0
    assert server.next_line("stderr") == ""


@pytest.mark.fault(37)
def test_a_log_that_nobody_reads_does_not_hold_up_the_chat(room, join):
    fcntl = pytest.importorskip("fcntl")
    server = room("--verbose")
    if not hasattr(fcntl, "F_SETPIPE_SZ"):
        pytest.skip("this system cannot make a pipe small")
    fcntl.fcntl(server.process.stdout, fcntl.F_SETPIPE_SZ, 4096)
    for number in range(60):
        guest = join(server, f"guest{number}")
        guest.says("/quit")
        guest.hears_the_end()
    chat_goes_on(server, join)
    server.signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0


@pytest.mark.fault(37)
def test_a_log_says_how_many_of_its_lines_were_lost(monkeypatch, caplog):
    caplog.set_level(logging.INFO, "chatkit")  # and as before at the end
    monkeypatch.setattr(server_log, "WAITING", 5)
    monkeypatch.setattr(logging.getLogger("chatkit.server"), "propagate", False)  # one may just be stopping
    reader, writer = os.pipe()
    with open(reader) as read, open(writer, "w") as written, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", written)
        with server_log.ServerLog(logging.INFO) as output:
            log = logging.getLogger("chatkit.test")
            log.info("x" * 1_000_000)  # more than a pipe holds: whoever writes it waits for us
            eventually(output._lines.empty)
            for number in range(8):
                log.info("line %d", number)
            read.readline()
            eventually(output._lines.empty)
            log.info("the next")
            lines = [read.readline()[9:-1] for _ in range(5)] + [read.readline()[:-1]]
        assert lines[:5] == [f"line {number}" for number in range(5)]
        assert lines[5] == "... 3 lines of this log were lost here: nobody read it in time"
        assert read.readline()[9:-1] == "the next"


@pytest.mark.fault(37)
@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&- >&- 2>&-", ">/dev/full"])
def test_without_an_output_it_serves_all_the_same(start, join, closed):
    if "full" in closed and not os.path.exists("/dev/full"):
        pytest.skip("this system has no full device")
    port = free_port()
    server = start("serve", port, command=["sh", "-c", f'exec "$@" {closed}', "sh", *CHATKIT])
    server.address = "127.0.0.1", port
    eventually(lambda: _listens(server.address))
    chat_goes_on(server, join)
    server.signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0
    assert server.next_line("stderr") == ""


def test_a_limit_that_is_asked_for_is_kept_to(room, join):
    server = room("--naming-time", "0.2", "--max-line", "50")
    stranger = join(server, None)
    stranger.hears_the_prompt()
    stranger.hears_an_error("no name within 0.2 seconds")
    ada = join(server, "ada")
    ada.says("x" * 50)
    ada.hears_an_error("50 bytes at most")
