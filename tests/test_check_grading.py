"""Grade thirty servers: a folder in; a row, a suite and a text for each out; nothing stops at a bad one."""

import csv
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from talker import PATIENCE

GOOD = "import sys\nfrom chatkit import ChatServer\nChatServer(port=int(sys.argv[1])).serve_forever()\n"
MUTE = "import socket, sys, time\ns = socket.create_server(('127.0.0.1', int(sys.argv[1])))\ntime.sleep(60)\n"
DEAD = "raise SystemExit('no such thing')\n"
ONLY = "--only=the_server_asks_for_a_name"


@pytest.fixture
def handed_in(tmp_path):
    """A folder with a good server, one that says nothing, one that dies, and a hidden file."""
    folder = tmp_path / "handed-in"
    folder.mkdir()
    for name, source in {"ada.py": GOOD, "grace.py": MUTE, "linus.py": DEAD, ".notes": DEAD}.items():
        (folder / name).write_text(source)
    return folder


@pytest.fixture
def grade(tmp_path):
    """`grade(...)` runs `chatkit check` and returns what a person at a terminal has then."""

    def _grade(*words):
        command = [sys.executable, "-m", "chatkit", "check", *map(str, words)]
        env = os.environ | {
            "PYTHONPATH": str(Path(__file__).parent.parent)
        }  # what is handed in imports chatkit
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env=env)

    return _grade


def test_a_folder_gives_a_row_a_suite_and_a_text_for_each(handed_in, grade, tmp_path):
    table, suites, texts = tmp_path / "grades.csv", tmp_path / "grades.xml", tmp_path / "reports"
    files = ("--csv", table, "--junit", suites, "--reports", texts)
    done = grade(ONLY, "--each", handed_in, *files, "--", sys.executable, "{file}", "{port}")

    assert done.returncode == 1, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "1/3  ada.py  kept",
        "2/3  grace.py  broken",
        "3/3  linus.py  could not run",
    ]
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["submission"], row["result"]) for row in rows] == [
        ("ada.py", "kept"),
        ("grace.py", "broken"),
        ("linus.py", "could not run"),
    ]
    assert [row["broken promises"] for row in rows] == ["", "the_server_asks_for_a_name", ""]
    assert "no such thing" in rows[2]["why"]
    root = ElementTree.parse(suites).getroot()
    assert [(s.get("name"), s.get("failures"), s.get("errors")) for s in root.findall("testsuite")] == [
        ("ada.py", "0", "0"),
        ("grace.py", "1", "0"),
        ("linus.py", "0", "1"),
    ]
    assert "BROKEN: " in (texts / "grace.py.txt").read_text()
    assert "no such thing" in (texts / "linus.py.txt").read_text()


def test_when_every_server_keeps_its_promises_the_status_is_0(handed_in, grade):
    for name in ("grace.py", "linus.py"):
        (handed_in / name).unlink()
    done = grade(ONLY, "--each", handed_in, "--", sys.executable, "{file}", "{port}")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.fault(16)
def test_what_is_handed_in_can_do_nothing_to_who_grades_it(grade, tmp_path):
    names = [b"=1+1.py", b"\x1b[2J.py", b"caf\xe9.py", "\u202egpj.py".encode(), b"two\nlines.py"]
    folder, table, suites, texts = (tmp_path / name for name in ("in", "grades.csv", "grades.xml", "texts"))
    folder.mkdir()
    for name in names:
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_text(
            r"raise SystemExit('\x1b]0;title\x07 \x9b2J \x1b[31mred\x1b[0m \u202e')"
        )
    files = ("--csv", table, "--junit", suites, "--reports", texts)
    done = grade(ONLY, "--each", folder, *files, "--", sys.executable, "{file}", "{port}")
    assert (done.returncode, done.stderr) == (1, "")
    for text in (done.stdout, table.read_text(), *(path.read_text() for path in texts.iterdir())):
        assert [character for character in text if not character.isprintable() and character != "\n"] == []
    assert len(done.stdout.splitlines()) == len(list(texts.iterdir())) == len(names)
    with table.open(newline="") as file:
        assert {row["submission"][0] for row in csv.DictReader(file)} == {"'", "\ufffd", "c", "t"}
    assert len(ElementTree.parse(suites).getroot()) == len(names)
    assert " red " in done.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--each", "nowhere", "--", "python3", "{file}", "{port}"], "cannot read the folder nowhere"),
        (["--each", "EMPTY", "--", "python3", "{file}", "{port}"], "is empty"),
        (["--each", "EMPTY", "--", "python3", "{port}"], "the command has no {file} in it"),
        (["--csv", "grades.csv", "127.0.0.1:1"], "--csv and --reports go with --each"),
    ],
)
def test_wrong_use_is_one_sentence_and_status_2(grade, tmp_path, words, sentence):
    empty = tmp_path / "empty"
    empty.mkdir()
    done = grade(*(str(empty) if word == "EMPTY" else word for word in words))
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_table_that_cannot_be_written_is_one_sentence(handed_in, grade, tmp_path):
    target = tmp_path / "nowhere" / "grades.csv"
    for name in ("grace.py", "linus.py"):
        (handed_in / name).unlink()
    done = grade(ONLY, "--each", handed_in, "--csv", target, "--", sys.executable, "{file}", "{port}")
    assert done.returncode == 2
    assert f"cannot write {target}" in done.stderr
