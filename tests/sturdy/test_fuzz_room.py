"""Any course of arrivals, bytes, rounds and goodbyes: what each guest hears is what the room's law says.

The law is written down here a second time, as plainly as can be: one list of all that was said to everybody,
of which each member must hear its own part, in order, without its own words.
"""

import re

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chatkit.broadcast import Broadcast
from chatkit.effects import Admit, HangUp, Spread
from chatkit.messages import encode
from chatkit.room import Room, State

NAMES = [b"a", b"A", b"bob", b"Bob", b"ann", b"x" * 24]
PLAIN = [b"hello", b"hi there", b"/who", b"//who"]
ODD = [b"/quit", b"/", b"", b" ", b"\xff", b"[bob] no", b"* x", b"\x1b[A"]
bits = st.binary(max_size=8).map(lambda line: line.replace(b"\n", b""))
names = st.one_of(st.none(), st.sampled_from(NAMES), st.sampled_from(NAMES), bits)
words = st.one_of(st.sampled_from(PLAIN), st.sampled_from(PLAIN + ODD), bits)
lines = st.lists(words, min_size=1, max_size=3)


def spread(effects):
    return b"".join(encode(effect.message) for effect in effects if isinstance(effect, Spread))


class Course(RuleBasedStateMachine):
    """What the switchboard does, without sockets, beside the law."""

    @initialize(ascii_only=st.booleans())
    def opens(self, ascii_only):
        self.room, self.twin = Room(ascii_only=ascii_only), Room(ascii_only=ascii_only)
        self.everybody = Broadcast()
        self.heard, self.private = {}, {}  # by guest: all bytes it was sent; those for itself alone
        self.public = []  # all that was said to everybody: by whom, and the bytes
        self.joined, self.gone = {}, {}  # by guest: how much had been said to everybody then

    def carries_out(self, effects):
        for effect in effects:
            match effect:
                case Spread(by, message):
                    self.everybody.say(by, encode(message))
                    self.public.append((by, encode(message)))
                case Admit(guest):
                    assert guest not in self.joined
                    self.everybody.admit(guest)
                    self.joined[guest] = len(self.public)
                case HangUp(guest):
                    self.hangs_up(guest)
                case _:
                    self.catches_up(effect.to)
                    assert effect.to not in self.gone, "told after it was hung up on"
                    self.heard[effect.to] += encode(effect.message)
                    self.private[effect.to].append(encode(effect.message))

    def catches_up(self, guest):
        self.heard[guest] += b"".join(self.everybody.take(guest))

    def hangs_up(self, guest):
        self.catches_up(guest)
        self.everybody.dismiss(guest)
        self.gone.setdefault(guest, len(self.public))

    def hears(self, guest, lines):
        """Many lines at once must mean what they mean one by one."""
        effects = self.room.hear_all(guest, lines)
        one_by_one = [effect for line in lines for effect in self.twin.hear(guest, line)]
        assert spread(effects) == spread(one_by_one)
        self.carries_out(effects)

    @rule(name=names, more=st.one_of(st.just([]), lines))
    def arrives(self, name, more):
        guest = len(self.heard)
        self.heard[guest], self.private[guest] = b"", []
        self.carries_out(self.room.arrive(guest))
        self.twin.arrive(guest)
        if name is not None:
            self.hears(guest, [name, *more])

    @precondition(lambda self: self.members())
    @rule(data=st.data(), several=st.lists(lines, min_size=1, max_size=4))
    def speak(self, data, several):
        for lines in several:
            guest = data.draw(st.sampled_from(sorted(self.heard.keys() - self.gone.keys()) or [0]))
            self.hears(guest, lines)

    @precondition(lambda self: self.heard)
    @rule(data=st.data(), reason=st.sampled_from(["", "too slow"]))
    def leaves(self, data, reason):
        guest = data.draw(st.sampled_from(sorted(self.heard)))
        self.carries_out(self.room.leave(guest, reason))
        self.twin.leave(guest, reason)
        self.hangs_up(guest)

    @rule()
    def round_ends(self):
        for guest, share in self.everybody.end_round():
            assert guest not in self.gone
            self.heard[guest] += b"".join(share)
        for guest in self.heard:
            self.has_heard_its_part(guest)

    def teardown(self):
        self.round_ends()

    def members(self):
        return [guest for guest in self.heard if self.room.state(guest) is State.JOINED]

    def has_heard_its_part(self, guest):
        begin, end = self.joined.get(guest, len(self.public)), self.gone.get(guest)
        part = [piece for by, piece in self.public[begin:end] if by != guest]
        heard = self.heard[guest].splitlines()
        assert sorted(heard) == sorted(b"".join([*part, *self.private[guest]]).splitlines())
        left = self.heard[guest]
        for piece in part:  # what is for itself alone stands anywhere between
            _, found, left = left.partition(piece)
            assert found

    @invariant()
    def a_name_has_one_holder_and_a_holder_one_name(self):
        names = [name.lower() for name in self.room.names]
        assert len(set(names)) == len(names) == len(self.members())
        assert all(self.room.holder(self.room.name(guest).upper()) == guest for guest in self.members())

    @invariant()
    def whoever_entered_is_there_or_has_left_once(self):
        said = b"".join(piece for _, piece in self.public).decode().splitlines()
        entered = [
            match[1] for line in said if (match := re.fullmatch(r"\* (\w+) has entered the room", line))
        ]
        left = [match[1] for line in said if (match := re.match(r"\* (\w+) has left the room", line))]
        assert len(entered) == len(self.joined)
        assert sorted(entered) == sorted([*left, *self.room.names])

    @invariant()
    def whoever_has_not_joined_has_heard_nothing_of_the_room(self):
        for guest in self.heard.keys() - self.joined.keys():
            assert not re.search(rb"^[\[*~]", self.heard[guest], re.MULTILINE)


Course.TestCase.settings = settings(max_examples=120, stateful_step_count=40, derandomize=True)
TestCourse = Course.TestCase
