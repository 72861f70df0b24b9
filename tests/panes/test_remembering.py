"""A pane in a room that remembers: it says so, shows one's own choice, and a click changes it."""

import pytest

from chatkit.history import Archive, History


@pytest.fixture
def path(tmp_path):
    return tmp_path / "chat.db"


@pytest.fixture
def server(serve, path):
    return serve(history=History(path))


def test_a_pane_tells_its_views_what_the_room_remembers(server, sit, path, eventually):
    ada = sit(server, "ada")
    eventually(lambda: ada.sent[-1]["recorded"] is True)
    ada.say("kept")
    ada.click(do="record off")
    eventually(lambda: ada.sent[-1]["recorded"] is False)
    ada.say("a secret")
    ada.click(do="record on")
    eventually(lambda: ada.sent[-1]["recorded"] is True)
    with Archive(path) as archive:
        assert [line.text for line in archive.lines()] == ["kept"]
    assert "> /record off" in ada.text.splitlines()  # a click is seen to be a command


def test_a_choice_is_shown_again_when_one_comes_back(server, sit, eventually):
    ada = sit(server, "ada")
    ada.click(do="record off")
    eventually(lambda: ada.sent[-1]["recorded"] is False)
    ada.leave()
    eventually(lambda: ada.sent[-1]["recorded"] is None)
    ada.join()
    eventually(lambda: ada.sent[-1]["recorded"] is False)


def test_what_was_said_before_is_shown_with_its_time(server, sit, eventually):
    ada = sit(server, "ada")
    ada.say("hello")
    ada.leave()
    grace = sit(server, "grace")
    eventually(lambda: any(row.kind == "remembered" for row in grace.person.rows))
    (row,) = [row for row in grace.person.rows if row.kind == "remembered"]
    assert row.name == "ada"
    assert row.words.startswith("(20")
    assert row.words.endswith(") hello")


def test_a_room_that_keeps_nothing_is_shown_so(serve, sit, eventually):
    ada = sit(serve(), "ada")
    eventually(lambda: ada.sent[-1]["status"] == "joined")
    assert ada.sent[-1]["recorded"] is None
