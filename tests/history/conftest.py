"""Histories for every test; each is closed at its end."""

from types import SimpleNamespace

import pytest

from chatkit.cli import main
from chatkit.history import Archive, History


@pytest.fixture
def path(tmp_path):
    return tmp_path / "chat.db"


@pytest.fixture
def remember(path):
    """`remember(**options)` is an open history in `path`."""
    histories = []

    def _remember(**options):
        histories.append(History(path, **options))
        histories[-1].open()
        return histories[-1]

    yield _remember
    for history in histories:
        history.close()


@pytest.fixture
def read(path):
    """`read(**wanted)` is what the file holds, as (name, text), read by another connection."""

    def _read(**wanted):
        with Archive(path) as archive:
            return [(line.name, line.text) for line in archive.lines(**wanted)]

    return _read


@pytest.fixture
def found(path):
    """`found(token)` is the files beside the history, of all kinds, in which these bytes are."""

    def _found(token):
        return [each.name for each in path.parent.iterdir() if token.encode() in each.read_bytes()]

    return _found


@pytest.fixture
def chatkit(path, capsys, monkeypatch):
    """`chatkit(*words)` is the command, run here, in the folder of `path`; faster than a process."""

    def _chatkit(*words):
        monkeypatch.chdir(path.parent)
        status = main([str(word) for word in words])
        told = capsys.readouterr()
        return SimpleNamespace(returncode=status, stdout=told.out, stderr=told.err)

    return _chatkit
