"""A broadcast: whoever comes, goes, says or takes what, all hear all but their own, in one order."""

import tracemalloc

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chatkit.broadcast import Broadcast

LISTENERS = st.integers(0, 4)


def joined(share):
    return b"".join(share)


def test_everybody_hears_it_but_its_speaker():
    broadcast = Broadcast()
    for listener in "abc":
        broadcast.admit(listener)
    broadcast.say("a", b"one\n")
    broadcast.say("b", b"two\n")
    shares = {listener: joined(share) for listener, share in broadcast.end_round()}
    assert shares == {"a": b"two\n", "b": b"one\n", "c": b"one\ntwo\n"}


def test_all_who_missed_the_same_are_handed_the_same_bytes():
    broadcast = Broadcast()
    for listener in range(100):
        broadcast.admit(listener)
    for _ in range(3):
        broadcast.say("nobody", b"a line\n")
    assert len({id(piece) for _, share in broadcast.end_round() for piece in share}) == 1


@pytest.mark.fault(6)
def test_who_speaks_a_letter_in_every_round_keeps_little_more_than_what_is_said():
    broadcast = Broadcast()
    for listener in "abc":
        broadcast.admit(listener)
    kept = []
    tracemalloc.start()
    for _ in range(1000):
        for listener in "abc":
            broadcast.say(listener, b"[a] x\n")
        kept += [piece for _, share in broadcast.end_round() for piece in share]
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 10 * sum(map(len, kept))  # a view of each takes 33 times as much


def test_a_silent_round_hands_out_nothing():
    broadcast = Broadcast()
    broadcast.admit("a")
    broadcast.say("a", b"to myself\n")
    assert list(broadcast.end_round()) == []
    assert list(broadcast.end_round()) == []


def test_who_is_told_something_hears_it_where_it_was_said_and_nobody_else_does():
    broadcast = Broadcast()
    for listener in "ab":
        broadcast.admit(listener)
    broadcast.say("nobody", b"before\n")
    assert broadcast.tell("a", b"for you\n")
    broadcast.say("nobody", b"after\n")
    assert not broadcast.tell("a stranger", b"for you\n")
    shares = {listener: joined(share) for listener, share in broadcast.end_round()}
    assert shares == {"a": b"before\nfor you\nafter\n", "b": b"before\nafter\n"}


class Hall(RuleBasedStateMachine):
    """Whatever happens in whatever order, each has heard exactly what a list per listener would hold."""

    def __init__(self):
        super().__init__()
        self.broadcast, self.count = Broadcast(), 0
        self.expected, self.heard = {}, {}

    @rule(who=LISTENERS)
    def admit(self, who):
        if who not in self.expected:
            self.broadcast.admit(who)
            self.expected[who] = self.heard[who] = b""

    @rule(who=LISTENERS)
    def dismiss(self, who):
        self.broadcast.dismiss(who)
        self.expected.pop(who, None)
        self.heard.pop(who, None)

    @rule(by=LISTENERS)
    def say(self, by):
        self.count += 1
        piece = b"%d\n" % self.count
        self.broadcast.say(by, piece)
        for who in self.expected.keys() - {by}:
            self.expected[who] += piece

    @rule(who=LISTENERS)
    def tell(self, who):
        self.count += 1
        piece = b"%d for you\n" % self.count
        assert self.broadcast.tell(who, piece) is (who in self.expected)
        if who in self.expected:
            self.expected[who] += piece

    @rule(who=LISTENERS)
    def take(self, who):
        share = joined(self.broadcast.take(who))
        assert who in self.heard or not share
        if who in self.heard:
            self.heard[who] += share

    @rule()
    def end_round(self):
        for who, share in self.broadcast.end_round():
            assert share
            self.heard[who] += joined(share)
        assert self.heard == self.expected

    @invariant()
    def nobody_hears_what_was_not_said_to_them(self):
        for who, heard in self.heard.items():
            assert self.expected[who].startswith(heard)


Hall.TestCase.settings = settings(max_examples=100)
TestHall = Hall.TestCase
