"""The room: pure decisions. Whatever happens, everybody else hears of it once, and the sender never."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chatkit.effects import Admit, HangUp, Spread, Tell
from chatkit.messages import Joined, Left, Lost, Prompt, Reply, Roster, Speech, encode
from chatkit.room import TRANSITIONS, Room, State


def written(effects):
    """Return effects as what is written for whom; plain words may be spread in one go or in many."""
    out = []
    for effect in effects:
        match effect:
            case Spread(by, message) if out and isinstance(out[-1], tuple):
                out[-1] = ("spread", by, out[-1][2] + encode(message))
            case Spread(by, message):
                out.append(("spread", by, encode(message)))
            case _:
                out.append(effect)
    return out


def some_room():
    """Return a room with ada and grace in it, and linus at the door; guests are numbers."""
    room = Room()
    for guest, name in enumerate((b"ada", b"grace")):
        room.arrive(guest)
        room.hear(guest, name)
    room.arrive(2)
    return room


@pytest.fixture
def room():
    """The same."""
    return some_room()


def test_who_arrives_is_asked_for_a_name():
    (effect,) = Room().arrive("guest")
    assert effect.to == "guest"
    assert isinstance(effect.message, Prompt)


def test_who_gives_a_name_hears_who_is_there_and_the_others_hear_of_it(room):
    assert room.hear(2, b"linus") == [
        Tell(2, Roster("ada, grace")),
        Admit(2),
        Spread(2, Joined("linus")),
    ]
    assert room.names == ("ada", "grace", "linus")


@pytest.mark.parametrize(
    "name",
    [
        b"", b" ", b"a b", b"ada lovelace", b"a" * 25, b"ad\xc3\xa0", b"\xff", b"ada\t", b" ada", b"ada\r",
        b"[ada]", b"ada\x00", b"../etc", b"/quit", b"GET / HTTP/1.1", b"SSH-2.0-x", b"\xef\xbb\xbfada",
        "\u0430da".encode(), "a\u200bda".encode(), "\u202eada".encode(), b"*", b"!",
    ],
)  # fmt: skip
def test_a_bad_name_gets_the_rule_and_a_goodbye_and_nobody_hears(room, name):
    reply, goodbye = room.hear(2, name)
    assert reply.to == 2
    assert "1 to 24 ASCII letters or digits" in reply.message.text
    assert goodbye == HangUp(2)
    assert room.state(2) is State.GONE
    assert room.leave(2, "connection lost") == []


@pytest.mark.parametrize("name", [b"ada", b"ADA", b"aDa"])
def test_a_name_in_use_is_refused_in_any_mix_of_capitals(room, name):
    reply, goodbye = room.hear(2, name)
    assert "in use" in reply.message.text
    assert goodbye == HangUp(2)


@pytest.mark.parametrize("name", [b"a", b"Z" * 24, b"7", b"Ada2"])
def test_a_good_name_is_taken_as_it_is(room, name):
    room.hear(2, name)
    assert room.names[-1] == name.decode()


def test_a_line_goes_to_everybody_else_and_never_to_its_sender(room):
    assert room.hear(0, b"hello") == [Spread(0, Speech("ada", "hello"))]


@pytest.mark.parametrize("line", [b"", b"   ", b"\t"])
def test_a_blank_line_is_no_message(room, line):
    assert room.hear(0, line) == []


def test_several_plain_lines_are_passed_on_in_one_go(room):
    assert room.hear_all(0, [b"one", b"two"]) == [Spread(0, Speech("ada", "one\ntwo"))]


def test_what_needs_a_closer_look_gets_it_line_by_line(room):
    lines = [b"one", b"", b"/who", b"//two", "dr\u00e9\u202e".encode(), b" x"]
    said = [Spread(0, Speech("ada", text)) for text in ("one", "/two", "dr\u00e9\ufffd", " x")]
    who = Tell(0, Reply("here now: ada, grace"))
    assert room.hear_all(0, lines) == [said[0], who, *said[1:]]


@given(
    st.lists(
        st.one_of(st.text(" a/\t\n\u2028", max_size=3).map(str.encode), st.binary(max_size=3)), max_size=6
    )
)
def test_lines_together_mean_what_they_mean_one_by_one(lines):
    lines = [line.replace(b"\n", b"") for line in lines]
    together, alone = some_room(), some_room()
    one_by_one = [effect for line in lines for effect in alone.hear(0, line)]
    assert written(together.hear_all(0, lines)) == written(one_by_one)
    assert together.names == alone.names


def test_a_goodbye_is_told_once(room):
    assert room.leave(0) == [Spread(0, Left("ada"))]
    assert room.leave(0) == []
    assert room.names == ("grace",)


def test_a_loss_is_told_with_its_reason(room):
    assert room.leave(0, "too slow") == [Spread(0, Lost("ada", "too slow"))]


def test_quit_is_told_as_an_ordinary_goodbye_and_hangs_up(room):
    assert room.hear(0, b"/quit") == [Spread(0, Left("ada")), HangUp(0)]
    assert room.hear(0, b"one more thing") == []


def test_the_name_of_who_left_is_free(room):
    room.leave(0)
    room.hear(2, b"ADA")
    assert room.names == ("grace", "ADA")


def test_who_vanishes_before_joining_was_never_there(room):
    assert room.leave(2, "connection lost") == []


def test_who_and_help_answer_the_asker_alone(room):
    for command, word in ((b"/who", "ada, grace"), (b"/help", "/quit"), (b"/dance", "no command /dance")):
        (effect,) = room.hear(0, command)
        assert effect.to == 0
        assert isinstance(effect.message, Reply)
        assert word in effect.message.text


def test_an_ascii_room_refuses_the_rest_in_words():
    room = Room(ascii_only=True)
    for guest, name in enumerate((b"ada", b"grace")):
        room.arrive(guest)
        room.hear(guest, name)
    for line in ("caf\u00e9".encode(), b"\xff", b"bell\x07"):
        (effect,) = room.hear(0, line)
        assert effect.to == 0
        assert "ASCII" in effect.message.text
    assert room.hear(0, b"cafe") == [Spread(0, Speech("ada", "cafe"))]


def test_no_move_leads_out_of_gone():
    assert not [state for state, _ in TRANSITIONS if state is State.GONE]


class Gossip(RuleBasedStateMachine):
    """Any course of events: what each member was told is who is there, and nobody is told twice."""

    def __init__(self):
        super().__init__()
        self.room, self.seen, self.guests = Room(), {}, 0

    def carry_out(self, effects):
        for effect in effects:
            match effect:
                case HangUp(guest):
                    self.seen.pop(guest, None)
                case Tell(guest, Roster(names)):
                    self.seen[guest] = set(filter(None, names.split(", ")))
                case Spread(by, message):
                    for guest in set(self.seen) - {by}:
                        self.believe(guest, message)

    def believe(self, guest, message):
        match message:
            case Joined(name):
                assert name not in self.seen[guest]
                self.seen[guest].add(name)
            case Left(name):
                self.seen[guest].remove(name)

    @rule()
    def arrive(self):
        self.guests += 1
        self.carry_out(self.room.arrive(self.guests))

    @rule(
        data=st.data(), line=st.sampled_from([b"a", b"B", b"b", b"cc", b"/quit", b"hi there", b"", b"\xff"])
    )
    def hear(self, data, line):
        self.carry_out(self.room.hear(data.draw(st.integers(0, self.guests)), line))

    @rule(data=st.data(), reason=st.sampled_from(["", "too slow"]))
    def leave(self, data, reason):
        guest = data.draw(st.integers(0, self.guests))
        effects = self.room.leave(guest, reason)
        self.seen.pop(guest, None)
        self.carry_out(effects)

    @invariant()
    def everybody_knows_who_is_there(self):
        names = self.room.names
        assert len({name.lower() for name in names}) == len(names)
        members = {guest for guest in range(self.guests + 1) if self.room.state(guest) is State.JOINED}
        assert set(self.seen) == members
        for guest in members:
            assert len(self.seen[guest]) == len(names) - 1


Gossip.TestCase.settings = settings(max_examples=60)
TestGossip = Gossip.TestCase
