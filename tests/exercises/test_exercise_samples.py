"""Every starter fails kindly, every reference passes ten times, and each wrong answer earns its message."""

import textwrap
from pathlib import Path

import pytest

from chatkit.exercises import NAMES, exercise, exercises, grade
from chatkit.exercises.exercise import HERE
from chatkit.exercises.grading import PACKAGE

SAMPLES = [
    (each.name, kind, sample)
    for each in exercises()
    for kind, sample in [("starter", each.starter), *each.wrong.items()]
]


@pytest.fixture
def graded(tmp_path):
    """`graded(name, code)` is the result of that answer."""

    def _graded(name, code):
        file = tmp_path / f"{name}.py"
        file.write_text(code, encoding="utf-8")
        return grade(name, file)

    return _graded


@pytest.mark.parametrize(("name", "kind", "sample"), SAMPLES, ids=lambda value: str(value)[:20])
def test_a_wrong_answer_earns_exactly_its_message(graded, name, kind, sample):
    result = graded(name, sample.code)
    assert (result.passed, result.sentence) == (False, sample.message), result


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", NAMES)
def test_the_reference_passes_ten_times(graded, name):
    for _ in range(10):
        result = graded(name, exercise(name).reference.code)
        assert result.passed, result
        assert result.sentence == exercise(name).reference.message == exercise(name).proves


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_is_told_in_the_same_words_every_time(graded, name):
    told = {repr(graded(name, exercise(name).starter.code)) for _ in range(5)}
    assert len(told) == 1, told


def test_the_page_about_exercises_shows_what_is_told(graded):
    page = (PACKAGE / "docs/exercises.md").read_text(encoding="utf-8")
    told = graded("goodbye", exercise("goodbye").starter.code).text
    assert textwrap.indent(told, "    ") in page


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_has_three_to_eight_wrong_answers_each_with_a_message_of_its_own(name):
    wrong = exercise(name).wrong
    assert 3 <= len(wrong) <= 8
    assert len({sample.message for sample in wrong.values()}) == len(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_has_hints_few_and_short(name):
    hints = exercise(name).hints
    assert 1 <= len(hints) <= 4
    assert all(len(hint.split()) <= 50 for hint in hints)


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_fits_a_cell_and_what_a_task_says_is_one_sentence(name):
    asked = exercise(name)
    assert len(asked.starter.code.splitlines()) <= 10
    assert asked.asks.endswith(".")
    assert asked.proves.endswith(".")


def test_every_folder_is_an_exercise_and_they_follow_the_lessons():
    assert {path.parent.name for path in Path(HERE).glob("*/task.py")} == set(NAMES)
    assert sorted(each.lesson for each in exercises()) == [each.lesson for each in exercises()]
