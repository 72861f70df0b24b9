"""A paste of a megabyte in one line: what is out of view is not measured again for each of its pieces."""

from chatkit.cli import editor
from chatkit.cli.editor import Editor


def test_a_long_line_is_not_measured_whole_for_each_piece_of_it(monkeypatch):
    measured = []
    columns = editor.columns
    monkeypatch.setattr(editor, "columns", lambda text: measured.append(len(text)) or columns(text))
    desk = Editor()
    for _ in range(100):
        desk.press("x" * 4096)
        desk.view(70)
    assert sum(measured) < 10 * len(desk.text)
