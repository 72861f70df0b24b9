"""Progress and predictions: they survive the kernel, and a file that is torn or locked costs one sentence."""

import json

import pytest

from chatkit.exercises import Progress
from chatkit.exercises.prediction import Prediction


@pytest.fixture
def progress(tmp_path):
    return Progress(tmp_path / "answers")


def test_who_has_passed_has_passed(progress):
    progress.note_answer("lines", False)
    assert (progress.tried("lines"), progress.passed("lines")) == (True, False)
    progress.note_answer("lines", True)
    progress.note_answer("lines", False)
    assert Progress(progress.folder).passed("lines")
    assert "lesson 2  lines      passed" in str(progress)


def test_hints_are_counted_and_end(progress):
    assert [Progress(progress.folder).next_hint("lines", 3) for _ in range(5)] == [1, 2, 3, 3, 3]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "\x00", "[" * 100_000])
def test_a_torn_file_costs_one_sentence_and_is_kept(progress, text):
    progress.folder.mkdir()
    (progress.folder / "progress.json").write_text(text)
    assert not progress.passed("lines")
    assert (
        progress.trouble
        == "Your progress could not be understood; it begins anew, and your answers are safe."
    )
    assert (progress.folder / "progress.broken").read_text() == text
    progress.note_answer("lines", True)
    assert progress.passed("lines")


@pytest.mark.parametrize(
    "facts",
    [
        {"lines": 5},
        {"lines": {"passed": "yes", "hints": "x"}},
        {"choices": {"q": 7}},
        {"lines": {"hints": -3}},
    ],
)
def test_odd_facts_count_for_nothing(progress, facts):
    progress.folder.mkdir()
    (progress.folder / "progress.json").write_text(json.dumps(facts))
    assert not progress.passed("lines")
    assert progress.next_hint("lines", 4) == 1
    assert progress.choice("q") == ""


def test_a_folder_that_cannot_be_written_costs_one_sentence(progress):
    progress.folder.write_text("a file stands where the folder should be")
    progress.note_answer("lines", True)
    assert progress.trouble.startswith("Your progress could not be saved: ")
    assert progress.next_hint("lines", 4) == 1
    assert "0 of" in str(progress)


def ask(progress):
    return Prediction("Does it?", ("yes", "no"), progress)


def test_a_prediction_is_held_against_what_happened(progress):
    asked = ask(progress)
    asked.choose("yes")
    assert asked.verdict(lambda: "no") == 'You predicted "yes". What happened: "no".'
    asked = ask(progress)
    asked.choose("no")
    assert asked.verdict("no") == 'You predicted "no", and so it is.'


def test_without_a_choice_nothing_is_given_away_and_one_may_still_choose(progress):
    asked = ask(progress)
    assert asked.text == "Does it?\n  ( ) yes\n  ( ) no\n  nothing chosen yet"
    assert asked.verdict("no") == "Choose above first, then run this cell again."
    asked.choose("yes")
    assert asked.verdict("yes") == 'You predicted "yes". What happened: "no".'  # what comes twice came first


def test_what_nobody_thought_of_is_told_as_it_is(progress):
    asked = ask(progress)
    asked.choose("yes")
    assert asked.verdict(7) == 'You predicted "yes". What happened: "7", which is none of the answers.'


def test_a_choice_survives_and_cannot_be_changed_afterwards(progress):
    ask(progress).choose("yes")
    asked = ask(Progress(progress.folder))
    assert asked.chosen == "yes"
    assert "(x) yes" in asked.text
    asked.verdict("no")
    with pytest.raises(ValueError, match="it has happened already"):
        asked.choose("no")
    with pytest.raises(ValueError, match="none of the answers"):
        ask(progress).choose("maybe")
    with pytest.raises(ValueError, match="two answers or more"):
        Prediction("Does it?", ("yes", "yes"), progress)
