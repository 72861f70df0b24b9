"""What was typed is kept until it was read; what a failure means for who typed it."""

import pytest

from chatkit.commands import HELP
from chatkit.errors import NameRefused, NameTaken, NotAChatServer, NotSent, Refused, ServerGone
from chatkit.outgoing import MOST, Outgoing
from chatkit.standing import after


@pytest.fixture
def outgoing():
    """Lines of somebody whose server answers questions."""
    lines = Outgoing()
    lines.connect()
    assert lines.hear(HELP)
    return lines


def send(outgoing, *lines):
    for line in lines:
        outgoing.put(line)
        assert outgoing.sent() == (line, False)


def test_a_line_is_kept_until_the_answer_to_a_later_question(outgoing):
    send(outgoing, "one", "two")
    assert outgoing.asks()
    send(outgoing, "three")
    assert not outgoing.asks()  # one question at a time
    assert outgoing.kept == ("one", "two", "three")
    assert outgoing.hear(HELP)
    assert outgoing.kept == ("three",)
    assert outgoing.asks()
    assert outgoing.hear(HELP)
    assert not outgoing.kept
    assert not outgoing.asks()


def test_what_was_not_read_comes_first_in_the_next_connection_and_is_marked(outgoing):
    send(outgoing, "one", "two")
    outgoing.asks()
    outgoing.put("three")
    assert outgoing.lose() == 2
    outgoing.connect()
    outgoing.hear(HELP)
    assert [outgoing.sent() for _ in range(3)] == [("one", True), ("two", True), ("three", False)]


def test_a_server_that_never_answers_has_read_what_was_sent():
    outgoing = Outgoing()
    outgoing.connect()
    send(outgoing, "one")
    assert not outgoing.asks()
    assert not outgoing.kept


def test_the_answer_to_a_persons_own_question_is_shown(outgoing):
    send(outgoing, "/help")
    assert outgoing.asks()
    assert not outgoing.hear(HELP)
    assert outgoing.hear(HELP)
    assert not outgoing.hear("here now: ada")


def test_of_commands_without_end_a_bounded_part_is_noted():
    lines = Outgoing()
    lines.connect()
    assert lines.hear("/help /quit" + " /aaaa" * 200_000)
    assert len(lines.commands) == 100


@pytest.mark.parametrize("question", ["/help", "/help me", "/ help", "/help  ", "/  help me, please"])
def test_whatever_a_server_takes_for_a_question_is_the_persons_own(outgoing, question):
    """Its answer comes before that to ours, and must not stand for it: lines in between would be lost."""
    send(outgoing, "one", question, "two")
    assert outgoing.asks()
    assert not outgoing.hear(HELP)
    assert outgoing.kept == ("one", question, "two")
    assert outgoing.hear(HELP)
    assert not outgoing.kept


@pytest.mark.parametrize("words", [" /help", "//help", "/helpme", "/help\tme", "help"])
def test_whatever_a_server_does_not_take_for_a_question_waits_for_no_answer(outgoing, words):
    send(outgoing, words)
    assert outgoing.asks()
    assert outgoing.hear(HELP)
    assert not outgoing.kept


def test_an_error_that_lists_the_commands_is_no_answer(outgoing):
    send(outgoing, "/nick bob")
    outgoing.asks()
    assert not outgoing.hear(f"there is no command /nick bob; {HELP}")
    assert outgoing.kept == ("/nick bob",)
    assert outgoing.hear(HELP)


def test_a_notice_that_speaks_of_help_is_no_answer():
    outgoing = Outgoing()
    outgoing.connect()
    assert not outgoing.hear("this room remembers what you say; /help tells more")
    assert not outgoing.answers


def test_the_servers_answer_tells_which_commands_there_are(outgoing):
    assert {"who", "quit", "help"} <= set(outgoing.commands)
    assert "text" not in outgoing.commands


def test_what_can_never_be_sent_is_taken_out(outgoing):
    outgoing.put("x" * 5000)
    outgoing.put("short")
    assert outgoing.drop() == "x" * 5000
    assert outgoing.kept == ("short",)


def test_only_so_many_lines_wait(outgoing):
    for number in range(MOST):
        outgoing.put(str(number))
    with pytest.raises(NotSent, match="waiting"):
        outgoing.put("one too many")


def test_only_so_many_lines_go_out_unread(outgoing):
    send(outgoing, *map(str, range(MOST)))
    outgoing.put("next")
    assert not outgoing.may_send
    outgoing.asks()
    outgoing.hear(HELP)
    assert outgoing.may_send


@pytest.mark.parametrize(
    ("error", "was_here", "state"),
    [
        (Refused("nothing listens there"), False, "waiting"),
        (ServerGone("it ended; it said: the server is stopping; goodbye"), True, "waiting"),
        (ServerGone("it ended; it said: removed by the host; goodbye"), True, "ended"),
        (NotAChatServer("it did not let ada in within 5 seconds"), False, "waiting"),
        (NameTaken("no ada; it said: the name ada is in use"), False, "refused"),
        (NameTaken("no ada; it said: the name ada is in use"), True, "waiting"),
        (NameRefused("no a-a; it said: a name is letters"), True, "refused"),
        (NameRefused("it did not let ada in"), False, "waiting"),  # it died in that moment, and said nothing
    ],
)
def test_what_a_failure_means(error, was_here, state):
    assert after(error, str(error), was_here=was_here) == state
