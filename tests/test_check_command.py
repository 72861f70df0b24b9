"""`chatkit check` as it is typed: exit status, sentences, JSON, JUnit, and the servers that it starts."""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import uuid
import xml.etree.ElementTree as Xml

import psutil
import pytest
from talker import PATIENCE, eventually, free_port

from chatkit.check import command
from chatkit.check.command import add_parser
from chatkit.check.promise import PROMISES, Level
from chatkit.server import ChatServer

QUICK = "a_message_reaches_everybody_else,a_message_never_comes_back"
OURS = [sys.executable, "-m", "chatkit", "serve", "127.0.0.1", "{port}"]
ECHO = [sys.executable, "-c", """if True:
    import socket, sys, threading
    def serve(sock):
        sock.sendall(b"name?\\n")
        for line in sock.makefile("rb"):
            sock.sendall(b"* you said <b>" + line)
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while True:
        threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()
""", "{port}"]  # fmt: skip


@pytest.fixture
def run(capsys):
    """Run a command line; return its exit status, what it printed, and what it said on standard error."""

    def run(*words):
        parser = argparse.ArgumentParser()
        add_parser(parser.add_subparsers())
        arguments = parser.parse_args(["check", *words])
        status = arguments.run(arguments)
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def server():
    with ChatServer(port=0) as server:
        yield server


@pytest.fixture
def address(server):
    return "{}:{}".format(*server.address)


def test_a_good_server_gives_status_0_and_a_line_for_each_promise(run):
    status, said, _ = run("--only", QUICK, "--", *OURS)
    assert status == 0
    assert "kept          What one says, everybody else who has joined hears, as [name] text." in said
    assert said.endswith(" s)\n")
    assert "spec: 2 kept" in said


def test_a_broken_promise_gives_status_1_and_tells_the_whole_story(run):
    status, said, _ = run("--only", QUICK, "--", *ECHO)
    assert status == 1
    assert "BROKEN: What one says, everybody else who has joined hears, as [name] text." in said
    assert "1 more were not judged, because a_message_reaches_everybody_else is broken" in said
    assert "time  ada " in said


def test_a_running_server_is_judged_by_its_address_after_a_warning(run, address):
    status, said, warned = run("--only", QUICK, address)
    assert (status, warned.startswith("warning: hostile promises")) == (0, True)
    assert "spec: 2 kept" in said


def test_a_running_server_bears_all_that_needs_no_process(run, server, address):
    status, said, _ = run("--json", "--level", "sturdy", address)
    report = json.loads(said)
    assert status == 0, [p["name"] for p in report["promises"] if p["verdict"] == "broken"]
    assert {p["verdict"] for p in report["promises"]} == {"kept", "not measured"}
    assert server.names == ()


def test_where_nobody_listens_it_says_so_and_gives_status_2(run):
    port = free_port()
    status, said, error = run(f"127.0.0.1:{port}")
    assert (status, said) == (2, "")
    assert f"nobody listens at 127.0.0.1 port {port}" in error


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "what shall be judged?"),
        (["nowhere"], "'nowhere' is no address: write HOST:PORT"),
        (
            ["192.0.2.1:55555"],
            "192.0.2.1 is not this machine; if the server there is yours, add --yes-i-run-it",
        ),
        (["--only", "nothing", "127.0.0.1:55555"], "there is no promise 'nothing'"),
        (["--patience", "0", "127.0.0.1:55555"], "patience must be more than 0"),
        (["--", "server", "55555"], "has no {port} in it"),
        (["--", "no-such-program", "{port}"], "cannot start no-such-program"),
        (["--", "sh", "-c", "echo out of order; exit 3 # {port}"], "ended with status 3 before it listened"),
        (["--", "sh", "-c", "echo out of order; exit 3 # {port}"], "it printed:\nout of order"),
        (["--", "sh", "-c", "kill -9 $$ # {port}"], "was ended by SIGKILL before it listened"),
        (["--start-within", "0.3", "--", "sleep", "60", "{port}"], "did not listen on port"),
    ],
)
def test_what_cannot_be_judged_gets_a_sentence_and_status_2(run, words, sentence):
    status, said, error = run(*words)
    assert (status, said) == (2, "")
    assert sentence in error


def test_a_command_may_be_given_as_one_word(run):
    command = f"{sys.executable} -m chatkit serve 127.0.0.1 {{port}}"
    assert run("--only", QUICK, command)[0] == 0


def test_patience_stretches_the_deadlines_of_a_dialogue(run, address, monkeypatch):
    asked, judge = [], command.judge

    def asks(*what, patience, watch):
        asked.append(patience)
        return judge(*what, patience=patience, watch=watch)

    monkeypatch.setattr(command, "judge", asks)
    assert run("--only", QUICK, "--patience", "2.5", address)[0] == 0
    assert asked == [2.5]


def test_json_holds_every_promise_and_how_it_failed(run):
    status, said, progress = run("--only", QUICK, "--json", "--", *ECHO)
    report = json.loads(said)
    assert (status, report["ok"]) == (1, False)
    assert report["counts"]["broken"] == 1
    first, second = report["promises"]
    assert (first["name"], first["verdict"]) == ("a_message_reaches_everybody_else", "broken")
    assert first["failed"] == "grace hears '[ada] hello'"
    assert first["done"] == ["ada, grace and linus join", "ada says 'hello'"]
    assert {"time", "who", "what"} == set(first["timeline"][0])
    assert (second["verdict"], second["why"][:11]) == ("not judged", "not judged,")
    assert "broken: a_message_reaches_everybody_else" in progress


def test_junit_holds_a_case_for_every_promise(run, tmp_path):
    path = tmp_path / "report.xml"
    status, said, _ = run("--only", QUICK, "--junit", str(path), "--", *ECHO)
    (suite,) = Xml.parse(path).getroot()
    assert (status, suite.get("name"), suite.get("tests")) == (1, "spec", "2")
    assert (suite.get("failures"), suite.get("skipped")) == ("1", "1")
    broken, skipped = suite
    assert "the step" not in said
    assert "failed     3. grace hears '[ada] hello'" in broken.find("failure").text
    assert "is broken" in skipped.find("skipped").get("message")


def test_a_report_that_cannot_be_written_gives_status_2(run, tmp_path):
    status, _, error = run("--only", QUICK, "--junit", str(tmp_path / "no" / "r.xml"), "--", *OURS)
    assert (status, "cannot write" in error) == (2, True)


def test_the_list_names_every_promise_with_its_sentence(run):
    status, said, _ = run("--list")
    assert status == 0
    for promise in PROMISES.values():
        assert f"  {promise.name}\n      {promise.sentence}\n" in said


@pytest.mark.parametrize(("level", "least"), [(Level.SPEC, 18), (Level.STURDY, 25), (Level.CHATKIT, 10)])
def test_there_are_enough_promises_and_each_reads_as_a_sentence(level, least):
    promises = [promise for promise in PROMISES.values() if promise.level is level]
    assert len(promises) >= least
    for promise in promises:
        assert promise.sentence.endswith("."), promise.name
        assert not promise.sentence[0].islower(), promise.name
        assert promise.hint.endswith(")"), promise.name


def test_the_servers_it_has_started_are_gone_afterwards(run):
    before = set(psutil.Process().children())  # other tests may keep a browser open
    assert run("--only", QUICK, "--", *OURS)[0] == 0
    assert set(psutil.Process().children()) <= before


def test_ctrl_c_reaches_a_server_although_a_background_shell_ignores_it():
    only = ["--only", "ctrl_c_ends_it"]
    done = subprocess.run(
        [sys.executable, "-m", "chatkit", "check", *only, "--", *OURS],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert (done.returncode, "sturdy: 1 kept" in done.stdout) == (0, True), done.stdout + done.stderr


SPINS = """if True:
    import socket, sys
    if sys.argv[1].isdigit():
        guest = socket.create_server(("127.0.0.1", int(sys.argv[1]))).accept()
    while True: pass
"""


@pytest.fixture
def marked():
    """Variables for a process, and a function that returns all processes that have inherited them."""
    mark = {"CHATKIT_TEST": uuid.uuid4().hex}

    def find():
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                found += [process] if mark.items() <= process.environ().items() else []
        return found

    yield os.environ | mark, find
    for process in find():
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("what", ["a command", "a folder", "the specimens", "an exercise"])
def test_however_it_is_ended_nothing_that_it_has_started_is_left(tmp_path, marked, what, number):
    """A terminal that closes tells it twice: the shell does, and the kernel."""
    environment, find = marked
    (tmp_path / "spins.py").write_text(SPINS)
    words = {
        "a command": ["--", *OURS],
        "a folder": ["--each", str(tmp_path), "--", sys.executable, "{file}", "{port}"],
        "the specimens": ["--museum", "naive"],
        "an exercise": ["--exercise", "leaving", str(tmp_path / "spins.py")],
    }[what]
    command = [sys.executable, "-m", "chatkit", "check", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as check:
        eventually(lambda: len(find()) > 1)
        for _ in range(2 if number == signal.SIGHUP else 1):
            check.send_signal(number)
        _, said = check.communicate(timeout=PATIENCE)
    assert (check.returncode, said.splitlines()[-1]) == (2, "chatkit check: interrupted")
    eventually(lambda: not find())


def test_the_word_that_ends_a_walk_through_the_museum_has_a_line_of_its_own(marked):
    command = [sys.executable, "-m", "chatkit", "check", "--museum", "naive"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=marked[0]) as check:
        assert check.stderr.read(1) == "."
        check.send_signal(signal.SIGINT)
        _, said = check.communicate(timeout=PATIENCE)
    assert (check.returncode, said.lstrip(".")) == (2, "\nchatkit check: interrupted\n")


SILENT = """if True:
    import pathlib, signal, socket, sys
    port, place, listens = sys.argv[1:]
    listener = socket.create_server(("127.0.0.1", int(port) if listens == "True" else 0))
    guests = [listener.accept()] if listens == "True" else []
    pathlib.Path(place).touch()
    signal.pause()
"""


@pytest.mark.parametrize("listens", [True, False])
def test_who_interrupts_it_does_not_wait_for_a_server_that_is_silent(tmp_path, marked, listens):
    silent = [sys.executable, "-c", SILENT, "{port}", str(tmp_path / "is waited for"), str(listens)]
    words = ["--patience", "1000", "--only", "a_reset_is_told_once,a_frozen_reader_stops_nobody", "--"]
    command = [sys.executable, "-m", "chatkit", "check", *words, *silent]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=marked[0]) as check:
        eventually((tmp_path / "is waited for").exists)
        check.send_signal(signal.SIGINT)
        _, said = check.communicate(timeout=PATIENCE)  # of an hour that it would have waited
    assert (check.returncode, said) == (2, "chatkit check: interrupted\n")


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there are no hang-ups here")
def test_the_second_word_of_a_hang_up_may_come_when_all_has_been_ended():
    program = """if True:
        import signal
        from chatkit.check.interrupting import interruptible
        try:
            with interruptible():
                signal.raise_signal(signal.SIGHUP)
        except KeyboardInterrupt:
            signal.raise_signal(signal.SIGHUP)
            raise SystemExit(2)
    """
    assert subprocess.run([sys.executable, "-c", program]).returncode == 2


def test_without_a_terminal_there_are_no_colours(run):
    assert "\x1b" not in run("--only", QUICK, "--", *OURS)[1]
