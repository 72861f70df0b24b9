"""Removing lines from a history whose room is closed: for good, and never under the feet of a server."""

import os

import pytest

from chatkit.history import Archive


@pytest.fixture
def closed(remember, path):
    """A history of 40 lines, of ada's every other one, that nobody uses."""
    history = remember()
    for n in range(20):
        history.record([("Ada", f"SECRET{n}"), ("grace", f"line {n}")])
    history.close()
    return path


def test_a_name_is_forgotten(chatkit, closed, found, read):
    result = chatkit("history", closed, "forget", "ada")
    assert (result.returncode, result.stdout) == (0, "20 lines removed for good\n")
    assert found("SECRET") == []
    assert len(read()) == 20


@pytest.mark.parametrize(
    ("option", "left"), [(("--keep-lines", "3"), 3), (("--keep", "1h"), 40), (("--keep", "0m"), 0)]
)
def test_old_lines_are_removed(chatkit, closed, found, read, option, left):
    result = chatkit("history", closed, "prune", *option)
    assert (result.returncode, result.stdout) == (0, f"{40 - left} lines removed for good\n")
    assert len(read()) == left
    assert found("SECRET0") == ([] if left < 40 else ["chat.db"])


@pytest.mark.parametrize("words", [("forget", "ada"), ("prune", "--keep-lines", "1")])
def test_a_file_that_is_in_use_is_left_alone(chatkit, closed, remember, read, words):
    history = remember()
    result = chatkit("history", closed, *words)
    assert (result.returncode, result.stdout) == (1, "")
    assert "is in use: while a room is open, people say /forget there" in result.stderr
    assert history.record([("ada", "more")]) is None  # the server has not noticed
    assert len(read()) == 41


def test_a_reader_keeps_it_from_being_removed_only_as_long_as_it_reads(chatkit, closed):
    with Archive(closed):
        assert chatkit("history", closed, "forget", "ada").returncode == 1
    assert chatkit("history", closed, "forget", "ada").returncode == 0


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("chat.db", "forget"), 2, "forget whom?"),
        (("chat.db", "forget", "ada", "grace"), 2, "'grace' is one word too many"),
        (("chat.db", "prune"), 2, "what is to be kept? say prune --keep 30d, or prune --keep-lines 1000"),
        (("chat.db", "prune", "--keep", "3"), 2, "an age is a number and m, h, d or w, such as 30d, not '3'"),
        (("chat.db", "prune", "--keep-lines", "x"), 2, "how many lines must be a number from 1 on, not 'x'"),
        (
            ("chat.db", "--keep", "3d"),
            2,
            "--keep and --keep-lines remove lines: say prune, as in chatkit history chat.db prune",
        ),
        (
            ("no.db", "forget", "ada"),
            1,
            "there is no history 'no.db'; chatkit serve --history FILE keeps one",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(chatkit, closed, words, status, sentence):
    result = chatkit("history", *words)
    assert (result.returncode, result.stdout, result.stderr) == (status, "", f"chatkit: {sentence}\n")
    assert sorted(os.listdir(closed.parent)) == ["chat.db"]
