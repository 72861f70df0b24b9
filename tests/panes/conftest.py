"""Panes for tests: they remember what they told their views, and leave nothing behind."""

import json
import threading

import pytest
from talker import free_port

from chatkit.lab import wait_for
from chatkit.panes import ChatPane


class Watched(ChatPane):
    """A pane that remembers what it sent to its views."""

    def __init__(self, *where):
        self.sent = []
        super().__init__(*where)

    def send(self, content, buffers=None):
        self.sent.append(json.loads(json.dumps(content)))

    def click(self, **message):
        """Do what a view does, by the same way."""
        self.comm.handle_msg({"content": {"data": {"method": "custom", "content": message}}, "buffers": []})


@pytest.fixture
def server(serve):
    return serve(port=free_port())  # nobody else answers there when it has stopped


@pytest.fixture
def sit(talkers, eventually):
    """`sit(server, "ada")` is ada's pane in that room; `talkers` proves that nothing is left of it."""
    panes = []

    def _sit(server, name):
        panes.append(Watched(*server.address, name))
        return panes[-1]

    yield _sit
    for pane in panes:
        pane.leave()
        pane.close()
    eventually(lambda: not [each for each in threading.enumerate() if each.name.startswith("chatkit pane")])


@pytest.fixture
def trio(server, sit):
    panes = [sit(server, name) for name in ("ada", "grace", "linus")]
    wait_for("* linus has entered the room", *panes[:2])
    return panes


@pytest.fixture
def replay(eventually):
    """`replay(pane)` asks as a new view does, and returns the answer."""

    def _replay(pane):
        before = len(pane.sent)
        pane.click(do="ready")
        eventually(lambda: any(message["everything"] for message in pane.sent[before:]))
        return next(message for message in pane.sent[before:] if message["everything"])

    return _replay
