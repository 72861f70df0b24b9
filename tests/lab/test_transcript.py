"""The transcript: what a row and its plain line look like, and how many are kept."""

import pytest

from chatkit.lab.transcript import Transcript
from chatkit.messages import decode_server


@pytest.fixture
def transcript():
    return Transcript()


@pytest.mark.parametrize(
    ("line", "kind", "name", "words"),
    [
        ("[ada] hello", "said", "ada", "hello"),
        ("~ 2026-11-22T12:01:05 [ada] hello", "remembered", "ada", "(2026-11-22 12:01) hello"),
        ("~ yesterday [ada] hello", "remembered", "ada", "(yesterday) hello"),
        ("! the name ada is in use", "reply", "", "the name ada is in use"),
        ("* ada has entered the room", "notice", "", "ada has entered the room"),
        ("* ada has left the room (too slow)", "notice", "", "ada has left the room (too slow)"),
        ("* The room contains: ada, grace", "notice", "", "The room contains: ada, grace"),
        ("* The room contains: ", "notice", "", "The room contains: nobody else"),
        ("[ada] <b>*bold*</b> [grace] hi", "said", "ada", "<b>*bold*</b> [grace] hi"),
    ],
)
def test_a_line_of_the_server_keeps_its_words_and_stands_in_the_text_as_it_came(
    transcript, line, kind, name, words
):
    transcript.hear(decode_server(line.encode()))
    (row,) = transcript.rows
    assert (row.kind, row.name, row.words) == (kind, name, words)
    assert transcript.text == line


def test_what_one_sends_oneself_and_what_the_pane_says_are_marked(transcript):
    transcript.own("ada", "/who")
    transcript.remark("you have left")
    transcript.remark("the server is gone", trouble=True)
    assert transcript.text.splitlines() == ["> /who", "-- you have left", "-- the server is gone"]
    assert [row.kind for row in transcript.rows] == ["own", "remark", "trouble"]


@pytest.mark.parametrize("sent", ["a\x1b[31mred", "a\u202eb", "a\ud800b", "a\x00b", "a\nb"])
def test_what_one_sends_oneself_is_as_clean_as_what_the_others_get(transcript, sent):
    transcript.own("ada", sent)
    assert "\ufffd" in transcript.text or "?" in transcript.text
    assert transcript.text.encode().decode().isprintable()
    assert len(transcript.text.splitlines()) == 1


def test_numbers_only_rise_and_the_last_500_rows_are_kept(transcript):
    for number in range(1, 1201):
        transcript.own("ada", f"line {number}")
    assert [row.number for row in transcript.rows] == list(range(701, 1201))
    assert transcript.text.splitlines()[0] == "> line 701"
