"""The lessons: what is committed is what running them gives, twice in one kernel, and they stay short."""

import re
from itertools import chain

import nbformat
import pytest
import rerun

from chatkit.exercises import exercise

pytestmark = pytest.mark.parametrize("path", rerun.NOTEBOOKS, ids=lambda path: path.stem)


def words(notebook):
    return sum(len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown")


def visible_lines(cell):
    return sum(bool(line.strip()) for line in cell.source.splitlines() if not line.startswith("%%"))


def outputs(notebook):
    kept = [cell.outputs for cell in rerun.code_cells(notebook)]
    for output in chain.from_iterable(kept):
        output.pop("execution_count", None)
    return kept


def test_running_it_writes_what_is_committed_and_running_it_again_in_the_same_kernel_does_too(path):
    first, second = rerun.run(rerun.read(path), times=2)
    assert nbformat.writes(first) + "\n" == path.read_text(encoding="utf-8")
    assert outputs(second) == outputs(first)


def test_every_code_cell_has_been_run_in_order(path):  # nbval would let a stripped notebook pass
    cells = rerun.code_cells(rerun.read(path))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


def test_a_lesson_is_short(path):
    notebook = rerun.read(path)
    assert len(notebook.cells) <= 25
    assert words(notebook) <= 900
    sources = {cell.id: re.sub("%%answer.*", "", cell.source) for cell in rerun.code_cells(notebook)}
    lines = {name: list(filter(str.strip, source.splitlines())) for name, source in sources.items()}
    assert [name for name, text in lines.items() if len(text) > 10] == []


def test_an_answer_begins_as_the_starter_on_file(path):
    for cell in rerun.code_cells(rerun.read(path)):
        if answer := re.fullmatch(r"%%answer (\w+)\n(.*)", cell.source, re.DOTALL):
            assert answer[2].strip() == exercise(answer[1]).starter.code.strip()


def test_its_top_tells_the_minutes_the_question_and_what_one_can_do_afterwards(path):
    top = rerun.read(path).cells[0].source
    assert re.search(r"\b\d+ minutes\b", top)
    assert "**The question:**" in top
    assert "**Afterwards you can**" in top


def test_it_makes_the_learner_predict_and_remember(path):
    text = "\n".join(cell.source for cell in rerun.read(path).cells if cell.cell_type == "markdown")
    assert "**Predict" in text
    assert text.count("<details>") >= 2  # two questions, their answers folded away


def test_no_output_names_a_port_an_object_or_a_place(path):
    text = "\n".join(map(str, outputs(rerun.read(path))))
    assert re.findall(r"127\.0\.0\.1\D{1,6}\d+|0x[0-9a-f]{6,}|/(?:home|tmp|root|Users)/", text) == []
