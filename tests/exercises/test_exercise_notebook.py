"""In a notebook: an answer is saved, graded, and run only if that is safe; all of it is text too."""

import _thread
import subprocess

import nbformat
import pytest
import rerun

from chatkit.exercises import exercise, grading
from chatkit.exercises.grading import PACKAGE
from chatkit.panes.desk import Desk

READER = "class LineReader:\n    def feed(self, chunk):\n        return chunk.splitlines()\n"
LOOP = "%%answer lines\nwhile True:\n    pass"


@pytest.fixture
def play(tmp_path, monkeypatch):
    """`play(*cells)` runs the cells in one new kernel and returns what each showed as plain text."""

    monkeypatch.setenv("PYTHONPATH", str(PACKAGE))
    monkeypatch.delenv("CHATKIT_ANSWERS", raising=False)  # a learner has none

    def _play(*cells):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        rerun.client_for(notebook, tmp_path).execute()
        return [shown(cell) for cell in notebook.cells]

    return _play


def shown(cell):
    texts = [output.get("text") or output["data"]["text/plain"] for output in cell.outputs]
    return "".join(texts).rstrip("\n")


def test_an_answer_is_saved_graded_and_run(play, tmp_path):
    right = exercise("lines").reference.code
    _, passed, used, listed = play(
        "%load_ext chatkit",
        f"%%answer lines\n{right}",
        "import inspect\nprint(LineReader().feed(b'a\\nb'), inspect.getsource(LineReader).splitlines()[0])",
        "progress()",
    )
    assert passed == f"lines: passed. {exercise('lines').proves}\n  11 steps, all done"
    assert used == "[b'a'] class LineReader:"
    assert "lesson 2  lines      passed" in listed
    assert (tmp_path / "answers/lines.py").read_text().rstrip() == right.rstrip()
    assert (tmp_path / "answers/passed/lines.py").exists()


def test_a_loop_without_an_end_holds_nobody_up(play, tmp_path):
    _, looped, alive = play("%load_ext chatkit", LOOP, "'LineReader' in globals(), 1 + 1")
    assert looped.startswith("lines: not yet. This step never came to its end")
    assert alive == "(False, 2)"


def test_a_wrong_answer_can_still_be_tried_out_and_what_passed_is_kept(play, tmp_path):
    _, _, wrong, used = play(
        "%load_ext chatkit",
        f"%%answer lines\n{exercise('lines').reference.code}",
        f"%%answer lines\n{READER}",
        "LineReader().feed(b'half')",
    )
    assert "Half a line was handed out" in wrong
    assert used == "[b'half']"
    assert "self.tail" in (tmp_path / "answers/passed/lines.py").read_text()


def test_hints_are_counted_over_restarts(play):
    ready = "%load_ext chatkit", f"%%answer lines\n{READER}"
    _, _, first, second = play(*ready, "hint()", "hint()")
    assert first.startswith("hint 1 of 4: A chunk may end")
    assert second.startswith("hint 2 of 4: ")
    *_, third, again, second_again = play(*ready, "hint()", "hint('lines', 1)", "hint(2)")
    assert third.startswith("hint 3 of 4: ")
    assert [again, second_again] == [first, second]


def test_a_prediction_runs_unattended_and_is_driven_by_a_script(play):
    ask = "guess = predict('Does <b>it</b>?', 'yes', 'no')\nguess"
    _, asked, told, asked_again, chosen = play(
        "%load_ext chatkit", ask, "guess.reveal(lambda: 'no')", ask, "guess.choose('yes')\nguess.reveal('no')"
    )
    assert asked == asked_again == "Does <b>it</b>?\n  ( ) yes\n  ( ) no\n  nothing chosen yet"
    assert told == "Choose above first, then run this cell again."
    assert chosen == 'You predicted "yes". What happened: "no".'


def test_the_notebook_may_run_twice_in_one_kernel(play):
    ask = (
        "guess = predict('Does it happen, or does it not?', 'yes, each and every time', 'no', 'now and then')"
    )
    cells = "%load_ext chatkit", f"%%answer lines\n{READER}", f"{ask}\nguess", "guess.reveal('no')"
    shown = play(*cells, *cells)
    assert shown[:4] == shown[4:]
    assert shown[0] == ""
    assert shown[2].endswith("  ( ) now and then\n  nothing chosen yet")  # a widget's text, not cut short


def test_slips_are_one_sentence(play):
    _, unknown, nothing, which = play("%load_ext chatkit", "%%answer lnies\npass", "%%answer\npass", "hint()")
    assert unknown == "there is no exercise 'lnies'; did you mean lines?"
    assert nothing.startswith("there is no exercise ''; there are: ")
    assert which == 'Which exercise? For instance: hint("lines")'


def test_an_interrupt_ends_the_grading_and_keeps_the_answer(tmp_path, monkeypatch, capsys):
    started, popen, note = [], subprocess.Popen, grading._Grading._note

    def start(*arguments, **options):
        started.append(popen(*arguments, **options))
        return started[-1]

    def note_and_interrupt(self, message):
        note(self, message)
        _thread.interrupt_main()

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(grading._Grading, "_note", note_and_interrupt)
    desk = Desk(None, tmp_path / "answers")
    assert desk.answer("lines", LOOP.partition("\n")[2]) is None
    assert capsys.readouterr().out == "Stopped. Your answer is saved as answers/lines.py, and not graded.\n"
    assert (tmp_path / "answers/lines.py").exists()
    assert started[0].returncode < 0


def test_a_folder_that_cannot_be_written_is_one_sentence(play, tmp_path):
    (tmp_path / "answers").write_text("a file stands where the folder should be")
    _, refused, alive = play("%load_ext chatkit", f"%%answer lines\n{READER}", "1 + 1")
    assert refused.startswith("Your answer could not be saved in the folder answers: ")
    assert alive == "2"


def test_a_scene_is_played_with_the_kits_answer_until_the_learners_own_has_passed(play):
    ready, who = "%load_ext chatkit", "print(mended('lines').LineReader.__module__)"
    _, _, theirs = play(ready, f"%%answer lines\n{READER}", who)
    assert theirs.endswith("until yours passes; then run from here again:\nchatkit.exercises.lines.reference")
    _, _, _, mine = play(
        ready, f"%%answer lines\n{exercise('lines').reference.code}", f"%%answer lines\n{READER}", who
    )
    assert mine == "With your own answer:\nanswers.lines"
