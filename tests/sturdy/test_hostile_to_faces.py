"""A hostile or dying server, seen from where people sit: the line client, in a pipe or at a terminal."""

import json
import os
import random
import signal
import sys

import pytest
from impostor import JOINED, a_server_that, floods, floods_until_the_goodbye, hears_a_line, resets
from program import UNNOTICED, Person, Program, run, wait_until_stuck
from talker import PATIENCE

from chatkit.messages import clean

ESCAPES = "\x1b]0;title\x07\x1b[2J\x9b31m\u202eolleh\u2028*new\x00\b\b\r".encode()
NAMES = ", ".join(f"guest{number}" for number in range(60_000)).encode()
DYING = {
    "garbage": (random.Random(7).randbytes(10_000_000),),
    "a line without an end": (floods(b"x" * 65536),),
    "a blank line": (b"\n",),
    "a reset": (resets,),
    "a reset in a line": (b"[grace] hel", resets),
    "a goodbye in a character": (b"[grace] caf\xc3",),
    "escapes in everything": (
        b"! " + ESCAPES + b"\n* " + ESCAPES + b"\n[" + ESCAPES + b"] " + ESCAPES + b"\n",
    ),
    "ten thousand lines": (b"[grace] hello\n" * 10_000,),
    "bytes that are not UTF-8": (b"[grace] \xff\xfe\xc3(\n", b"[\xed\xa0\x80] x\n"),
    "a room of sixty thousand": (b"* The room contains: " + NAMES + b"\n",),
}
pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and terminals of POSIX")


# In a pipe


@pytest.mark.parametrize("kind", DYING)
def test_a_script_is_told_in_one_harmless_sentence(kind):
    with a_server_that(*JOINED, *DYING[kind]) as address:
        done = run("join", *address, "bot", "--wait", "inf")
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("chatkit: 127.0.0.1 port")
    assert len(sentence) < 500
    assert clean(sentence) == sentence
    assert all(clean(line) == line for line in done.stdout.split("\n"))


def test_a_script_hears_ten_thousand_lines_whole():
    lines = b"".join(b"[grace] %d\n" % number for number in range(10_000))
    with a_server_that(*JOINED, lines) as address:
        done = run("join", *address, "bot", "--wait", "inf", "--json")
    said = [json.loads(line).get("text") for line in done.stdout.splitlines()][2:]
    assert said == [str(number) for number in range(10_000)]


CHATKIT = "import runpy; runpy.run_module('chatkit', run_name='__main__')"
IMPATIENT = "import chatkit.cli.bell as bell; bell.WORST = 0.5; " + CHATKIT
PATIENT = f"import chatkit.cli.bell as bell; bell.WORST = {PATIENCE}; " + CHATKIT  # on a busy machine


def test_a_script_can_be_ended_in_a_flood():
    with a_server_that(*JOINED, floods_until_the_goodbye(b"[grace] hello\n" * 100)) as address:
        script = Program("join", *address, "bot", "--wait", "inf", command=[sys.executable, "-c", PATIENT])
        try:
            script.prints_until("[grace] hello")
            script.signal(15)
            script.process.stdout.close()  # as `| head` does
            assert script.process.wait(PATIENCE) in (0, 1)
            assert script.process.stderr.read() == b""
        finally:
            script.close()


EVER_SO_STUCK = pytest.mark.parametrize(
    "impatient",
    [[sys.executable, "-c", IMPATIENT], [sys.executable, "-c", UNNOTICED + IMPATIENT]],
    ids=["in a call", "just before it"],
)


@pytest.mark.fault(33)
@EVER_SO_STUCK
def test_a_script_whose_output_nobody_reads_ends_when_asked(impatient):
    with a_server_that(*JOINED, floods(b"[grace] hello\n" * 100)) as address:
        script = Program("join", *address, "bot", "--wait", "inf", command=impatient)
        try:
            script.prints_until("[grace] hello")
            wait_until_stuck(script.process.stdout)
            script.signal(15)
            assert script.process.wait(PATIENCE) == 128 + 15
        finally:
            script.close()


# At a terminal


@pytest.fixture
def sit():
    people = []

    def _sit(address):
        people.append(Person("join", *address, "ada", "--plain"))
        return people[-1]

    yield _sit
    for person in people:
        person.close()


@pytest.mark.fault(16)
@pytest.mark.parametrize("kind", sorted(DYING.keys() - {"ten thousand lines", "a room of sixty thousand"}))
def test_a_person_gets_the_terminal_back_as_it_was_and_a_sentence(sit, kind):
    with a_server_that(*JOINED, hears_a_line, *DYING[kind]) as address:
        ada = sit(address)
        ada.looks_until(lambda: "* The room contains: grace" in ada.glass.above)
        ada.types("hello\n")
        assert ada.leaves() == 1
    assert any(row.startswith("chatkit: 127.0.0.1 port") for row in ada.glass.above)
    assert ada.settings() == ada.before
    assert not ada.glass.pastes


@pytest.mark.fault(33)
@EVER_SO_STUCK
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_person_whose_terminal_takes_nothing_can_be_ended(sit, monkeypatch, number, impatient):
    monkeypatch.setattr("program.CHATKIT", impatient)
    with a_server_that(*JOINED, floods(b"[grace] hello\n" * 100)) as address:
        ada = sit(address)
        ada.looks_until(lambda: "[grace] hello" in ada.glass.above)
        wait_until_stuck(ada.terminal)
        ada.signal(number)
        assert ada.process.wait(PATIENCE) == 128 + number
    assert ada.settings() == ada.before


@pytest.mark.parametrize("way", ["\x04", "\x03", "/quit\r"])
def test_a_person_can_leave_in_a_flood(sit, monkeypatch, way):
    monkeypatch.setattr("program.CHATKIT", [sys.executable, "-c", PATIENT])
    with a_server_that(*JOINED, floods_until_the_goodbye(b"[grace] hello\n" * 10)) as address:
        ada = sit(address)
        ada.looks_until(lambda: "[grace] hello" in ada.glass.above)
        ada.glass.feed = lambda _text: None  # it looks away: a witness is slower than a terminal
        ada.types(way)
        assert ada.leaves() == 0
    assert ada.settings() == ada.before
