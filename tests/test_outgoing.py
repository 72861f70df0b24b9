"""What was typed is kept until it was read; what a failure means for who typed it."""

import math

import pytest

from chatkit.commands import HELP
from chatkit.errors import NameRefused, NameTaken, NotAChatServer, NotSent, Refused, ServerGone
from chatkit.outgoing import MOST, Outgoing
from chatkit.room import Room
from chatkit.standing import GHOST_TIME, after

NEVER = math.inf  # seconds since somebody was here who has never been
LONG = GHOST_TIME + 1


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


@pytest.fixture
def hopeful():
    """Lines of somebody whose server was asked, and has not answered yet."""
    lines = Outgoing()
    lines.connect()
    lines.may_answer = True
    return lines


def test_what_a_server_was_sent_that_has_not_answered_yet_is_kept_until_it_does(hopeful):
    send(hopeful, "one", "/help")
    assert not hopeful.asks()  # a second question may be words to it
    assert hopeful.kept == ("one", "/help")
    assert hopeful.hear(HELP)  # late, and from before these lines
    assert hopeful.kept == ("one", "/help")
    assert hopeful.asks()
    assert not hopeful.hear(HELP)  # the person's own
    assert hopeful.hear(HELP)
    assert not hopeful.kept


def test_of_what_a_server_was_sent_that_never_answers_a_bounded_part_is_kept(hopeful):
    lines = [str(number) for number in range(MOST + 2)]
    for line in lines:
        send(hopeful, line)
        assert not hopeful.may_send  # nothing waits
        hopeful.put("next")
        assert hopeful.may_send
        hopeful.drop()
    assert hopeful.kept == tuple(lines[2:])


def test_a_goodbye_shows_that_a_server_without_answers_has_read_all(hopeful, outgoing):
    for lines in (hopeful, outgoing):
        send(lines, "one")
        lines.put("two")
        lines.part()
    assert hopeful.kept == ("two",)
    assert outgoing.kept == ("one", "two")  # whoever can tell more surely is asked


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


def replies(room, *lines):
    """What one member of the room is told when they say these lines."""
    room.arrive("ada")
    room.hear("ada", b"ada")
    return [effect.message.text for line in lines for effect in room.hear("ada", line.encode())]


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("question", ["/help \u00e9", "/help \x07", "/\u00a0help", "/help \ud800"])
def test_a_question_that_not_every_room_takes_is_told_apart_by_the_answers(outgoing, question, ascii_only):
    send(outgoing, "one", question, "two")
    assert outgoing.asks()
    *own, ours = replies(Room(ascii_only=ascii_only), question.encode("utf-8", "replace").decode(), "/help")
    assert len(own) == 1
    assert not outgoing.hear(own[0])
    assert outgoing.kept == ("one", question, "two")
    assert outgoing.hear(ours)
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
    ("error", "gone_for", "state"),
    [
        (Refused("nothing listens there"), NEVER, "waiting"),
        (ServerGone("it ended; it said: the server is stopping; goodbye"), 0.1, "waiting"),
        (ServerGone("it ended; it said: removed by the host; goodbye"), 0.1, "ended"),
        (NotAChatServer("it did not let ada in within 5 seconds"), NEVER, "waiting"),
        (NameTaken("no ada; it said: the name ada is in use"), NEVER, "refused"),
        (NameTaken("no ada; it said: the name ada is in use"), 0.1, "waiting"),
        (NameTaken("no ada; it said: the name ada is in use"), LONG, "refused"),
        (NameRefused("no a-a; it said: a name is letters"), 0.1, "refused"),
        (NameRefused("it did not let ada in"), NEVER, "waiting"),  # it died in that moment, and said nothing
        (NameRefused("no ada; it said: the server is stopping; goodbye"), 0.1, "waiting"),
        (NameRefused("no ada; it said: the server is stopping; goodbye"), LONG, "waiting"),
        (NameRefused("no ada; it said: no name within 10 seconds; goodbye"), LONG, "waiting"),
        (NameRefused("no ada; it said: Server: a-proxy"), LONG, "waiting"),
        (NameRefused("no ada; it said: removed by the host; goodbye"), 0.1, "ended"),
        (NameRefused("no ada; it said: Nope."), NEVER, "refused"),
    ],
)
def test_what_a_failure_means(error, gone_for, state):
    assert after(error, str(error), gone_for=gone_for) == state
