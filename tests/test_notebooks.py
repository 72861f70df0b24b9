"""The lessons: what is committed is what running them gives, twice in one kernel, and they stay short."""

import ast
import re
from itertools import chain
from pathlib import Path

import nbformat
import pytest
import rerun

import chatkit
from chatkit.exercises import exercises
from chatkit.exercises.prediction import NOT_YET

PACKAGE = Path(chatkit.__file__).parent
CELL = 107  # characters

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


def test_its_lines_fit_a_cell_of_a_small_laptop(path):  # 1280 pixels, with the folder beside it
    cells = rerun.code_cells(rerun.read(path))
    printed = [output.get("text", "") for cell in cells for output in cell.outputs]
    texts = [cell.source for cell in cells] + printed
    assert [line for text in texts for line in text.splitlines() if len(line) > CELL] == []


def test_no_markdown_stands_within_html(path):  # it would be shown as it is
    texts = [cell.source for cell in rerun.read(path).cells if cell.cell_type == "markdown"]
    assert [line for line in "\n".join(texts).splitlines() if line.startswith("<") and "`" in line] == []


def test_its_top_tells_the_minutes_the_question_and_what_one_can_do_afterwards(path):
    top = rerun.read(path).cells[0].source
    assert re.search(r"\b\d+ minutes\b", top)
    assert "**The question:**" in top
    assert "**Afterwards you can**" in top


def test_it_makes_the_learner_predict_and_remember(path):
    text = "\n".join(cell.source for cell in rerun.read(path).cells if cell.cell_type == "markdown")
    assert "**Predict" in text
    assert text.count("<details>") >= 2  # two questions, their answers folded away


def test_its_top_has_old_answers_cleared_and_no_prediction_is_answered_by_an_output(path):
    notebook = rerun.read(path)
    assert "*Edit > Clear Outputs of All Cells*" in notebook.cells[0].source
    for cell in rerun.code_cells(notebook):
        told = "".join(output.get("text", "") for output in cell.outputs)
        assert (".reveal(" in cell.source) == (NOT_YET in told)


def test_its_links_lead_to_files_that_are_there_and_it_tells_the_next_lesson(path):
    text = "\n".join(cell.source for cell in rerun.read(path).cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert [link for link in links if not (rerun.FOLDER / link).exists()] == []
    later = rerun.NOTEBOOKS[rerun.NOTEBOOKS.index(path) + 1 :]
    assert later[0].name in links if later else "the last lesson so far" in text


def test_no_output_names_a_port_an_object_or_a_place(path):
    text = "\n".join(map(str, outputs(rerun.read(path))))
    assert re.findall(r"127\.0\.0\.1\D{1,6}\d+|0x[0-9a-f]{6,}|/(?:home|tmp|root|Users)/", text) == []


def test_every_output_is_compared(path):  # an exception would say why, here
    for cell in rerun.code_cells(rerun.read(path)):
        assert not re.search(r"NBVAL_|nbval", cell.source)
        assert not cell.metadata.get("tags")


def test_its_exercise_begins_with_the_starter_on_file(path):
    lesson = int(path.name[:2])
    code = [cell.source for cell in rerun.code_cells(rerun.read(path))]
    answers = [source for source in code if source.startswith("%%answer")]
    starters = [f"%%answer {each.name}\n{each.starter.code}" for each in exercises() if each.lesson == lesson]
    assert [text.rstrip("\n") for text in answers] == [text.rstrip("\n") for text in starters]


def functions(source):
    """The bodies of all functions in a source; those of one statement may be alike by chance."""
    tree = ast.parse(source)
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    bodies = [[part for part in node.body if not is_docstring(part)] for node in found]
    return {
        "\n".join(map(ast.dump, body)): node.name
        for node, body in zip(found, bodies, strict=True)
        if body[1:]
    }


def is_docstring(part):
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)


def test_nothing_of_the_package_is_pasted(path):
    package = {}
    for source in PACKAGE.rglob("*.py"):
        if "exercises" not in source.parts or source.name == "task.py":
            package |= functions(source.read_text(encoding="utf-8"))
    for cell in rerun.code_cells(rerun.read(path)):
        if not cell.source.startswith("%%"):
            code = re.sub(r"^%.*$", "", cell.source, flags=re.MULTILINE)
            assert {name for body, name in functions(code).items() if body in package} == set()
