"""`chatkit serve --history`: what it is told, what it says, and of whom no word is in any file it left."""

import signal
import subprocess
from pathlib import Path

import pytest
from program import ENVIRONMENT, Program, run
from talker import PATIENCE, Talker

from chatkit.engines import ENGINES


@pytest.fixture
def program(path):
    """`program(*words)` serves on a free port, in the folder of `path`; it and its port."""
    programs = []

    def _program(*words):
        folder = path.parent
        options = {"cwd": folder, "env": ENVIRONMENT | {"TMPDIR": str(folder), "HOME": str(folder)}}
        with (folder / "log").open("ab") as log:
            programs.append(Program("serve", "0", *words, stdout=subprocess.PIPE, stderr=log, **options))
        port = int(programs[-1].next_line().rpartition(" ")[2])
        return programs[-1].process, ("127.0.0.1", port)

    yield _program
    for each in programs:
        each.process.kill()
        each.process.communicate()


@pytest.mark.fault(41)
@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_of_who_opted_out_no_byte_is_in_anything_the_program_wrote(program, path, engine, end):
    process, address = program("--history", "chat.db", "--engine", engine, "--verbose")
    ada, grace = Talker(address, "ada"), Talker(address, "grace")
    ada.says("/record off", *(f"TOKEN{n}" for n in range(500)))
    grace.hears_until("[ada] TOKEN499")
    grace.says("PUBLIC")
    ada.hears_until("[grace] PUBLIC")
    process.send_signal(end)
    printed, _ = process.communicate(timeout=PATIENCE)
    written = {each: each.read_bytes() for each in Path(path.parent).rglob("*") if each.is_file()}
    assert path in written
    assert b"TOKEN" not in printed + b"".join(written.values())
    assert b"PUBLIC" in b"".join(written.values())
    for talker in (ada, grace):
        talker.socket.close()


def test_its_options_reach_the_history(program, path, read):
    process, address = program(
        "--history", "chat.db", "--history-consent", "ask", "--replay", "1", "--durable"
    )
    ada = Talker(address, "ada")
    ada.hears_an_error("unless you agree")
    ada.says("/record on", "one", "two", "/who")
    ada.hears_an_error("this room remembers what you say")
    ada.hears_an_error("here now")
    grace = Talker(address, "grace")
    grace.hears_an_error("unless you agree")
    assert grace.hears_a_line().endswith("[ada] two")
    assert read() == [("ada", "one"), ("ada", "two")]
    for talker in (ada, grace):
        talker.socket.close()
    process.terminate()
    assert process.wait(PATIENCE) == 0
    process, _ = program("--history", "chat.db", "--keep-lines", "1")
    assert read() == [("ada", "two")]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--replay", "5"], "--replay is about a history: say --history FILE too"),
        (["--keep", "3d"], "--keep is about a history: say --history FILE too"),
        (["--history-consent", "ask"], "--history-consent is about a history: say --history FILE too"),
        (["--history", "x.db", "--keep", "3"], "an age is a number and m, h, d or w, such as 30d, not '3'"),
        (["--history", "x.db", "--replay", "-1"], "how many lines must be a number from 0 on, not '-1'"),
        (
            ["--history", "x.db", "--keep-lines", "9" * 5000],
            f"how many lines must be a number from 1 on, not '{'9' * 40}'",
        ),
        (["--history", "x.db", "--keep-lines", "0"], "how many lines must be a number from 1 on, not '0'"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_makes_no_file(path, words, sentence):
    result = run("serve", "0", *words, cwd=path.parent)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"chatkit: {sentence}\n")
    assert list(path.parent.iterdir()) == []


def test_a_file_that_is_no_history_is_one_sentence(path):
    path.write_text("my diary")
    result = run("serve", "0", "--history", "chat.db", cwd=path.parent)
    sentence = f"{str(path)!r} cannot be used as a history: the file is damaged, or not a history"
    assert (result.returncode, result.stderr) == (1, f"chatkit: {sentence}\n")
    assert path.read_text() == "my diary"


def test_nothing_is_kept_unless_it_is_asked_for(program, path):
    _, address = program()
    ada = Talker(address, "ada")
    ada.says("TOKEN", "/who")
    ada.hears("! here now: ada")
    assert [each.name for each in path.parent.iterdir()] == ["log"]
    ada.socket.close()


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_a_second_server_on_the_same_file_does_not_start(program, path, engine):
    process, address = program("--history", "chat.db")
    result = run("serve", "0", "--history", "chat.db", "--engine", engine, cwd=path.parent)
    sentence = f"{str(path)!r} is kept by another server; stop that one, or choose another file"
    assert (result.returncode, result.stdout, result.stderr) == (1, "", f"chatkit: {sentence}\n")
    ada = Talker(address, "ada")
    ada.hears_an_error("this room remembers what you say")
    ada.says("/who")
    ada.hears("! here now: ada")
    ada.socket.close()
    process.kill()  # which lets go of the file, too
    process.wait(PATIENCE)
    program("--history", "chat.db")
