"""A pane in a room that remembers, in a real JupyterLab: it says so, and one button takes it back."""

import pytest
from playwright.sync_api import expect

from chatkit.history import Archive

pytestmark = pytest.mark.browser

ROOM = """
from chatkit.history import History
from chatkit.lab import open_room
from chatkit.panes import ChatPane
room = open_room(history=History("chat.db"))
ChatPane(*room.address, "ada")
"""


@pytest.fixture(scope="module")
def notebook(lab, open_notebook):
    notebook = open_notebook(lab.write("remembers.ipynb", ROOM))
    notebook.run_all()
    return notebook


def test_what_the_room_remembers_is_said_and_a_button_changes_it(notebook, lab):
    ada = notebook.pane("ada")
    expect(ada.pane.get_by_text("The room remembers what you say.")).to_be_visible()
    ada.types("kept")
    ada.presses("Stop")
    expect(ada.pane.get_by_text("The room remembers, but not what you say.")).to_be_visible()
    ada.types("a secret")
    ada.presses("Allow it")
    expect(ada.pane.get_by_text("The room remembers what you say.")).to_be_visible()
    with Archive(lab.folder / "chat.db") as archive:
        assert [line.text for line in archive.lines()] == ["kept"]


def test_outside_there_is_nothing_to_remember(notebook):
    ada = notebook.pane("ada")
    ada.presses("Leave")
    expect(ada.pane.get_by_text("The room remembers")).to_be_hidden()
    ada.presses("Join again")
    expect(ada.pane.get_by_text("The room remembers what you say.")).to_be_visible()
    ada.reads("kept")
