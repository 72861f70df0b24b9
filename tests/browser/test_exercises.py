"""A prediction and an answer in a real JupyterLab: chosen by hand, and told as it happened."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ASK = "guess = predict('Does <img src=x onerror=alert(1)> run?', 'yes, it <b>does</b>', 'no')\nguess"
ANSWER = "%%answer lines\nclass LineReader:\n    def feed(self, chunk):\n        return chunk.splitlines()"


@pytest.fixture(scope="module")
def desk(lab, open_notebook):
    """A notebook with a prediction and an answer; only the prediction has been run."""
    notebook = open_notebook(
        lab.write("exercises.ipynb", "%load_ext chatkit", ASK, "guess.reveal(lambda: 'no')", ANSWER)
    )
    for number in (0, 1):
        notebook.run(number)
        expect(notebook.prompts.nth(number)).to_have_text(f"[{number + 1}]:")
    return notebook


def test_who_has_not_chosen_may_still_choose(desk):
    desk.run(2)
    expect(desk.main.get_by_text("Choose above first, then run this cell again.")).to_be_visible()
    expect(desk.main.get_by_label("no", exact=True)).to_be_enabled()


def test_a_choice_made_by_hand_is_held_against_what_happened(desk):
    desk.main.get_by_label("no", exact=True).check()
    desk.run(2)
    expect(desk.main.get_by_text('You predicted "no", and so it is.')).to_be_visible()
    expect(desk.main.get_by_label("no", exact=True)).to_be_disabled()


def test_the_question_and_the_answers_are_text(desk):
    expect(desk.main.get_by_text("Does <img src=x onerror=alert(1)> run?").last).to_be_visible()
    expect(desk.main.get_by_label("yes, it <b>does</b>")).to_be_visible()


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_a_failure_is_read_in_both_themes(desk, theme):
    desk.theme(theme)
    desk.run(3)
    told = desk.main.locator(".jp-OutputArea strong", has_text="Half a line was handed out")
    expect(told).to_be_visible()
    ink, paper = (
        told.evaluate("e => getComputedStyle(e).color"),
        desk.main.locator(".jp-Notebook").first.evaluate("e => getComputedStyle(e).backgroundColor"),
    )
    assert brightness(ink) - brightness(paper) > 100 or brightness(paper) - brightness(ink) > 100


def brightness(colour):
    numbers = [float(part) for part in colour.strip("rgba()").split(",")[:3]]
    return sum(numbers) / 3
