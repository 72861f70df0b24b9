"""The diagram's order: what scheduling shuffles stands the same, and no effect stands before its cause."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import THREE, Scene, long_talk

from chatkit.lab.diagram import diagram
from chatkit.lab.diagram.order import BURST, LATE, find_people, make_steps, put_in_order
from chatkit.lab.events import Event, Kind, Way

PEOPLE = st.sampled_from(THREE)


def one(number, kind, person, way, data, sent):
    return Event(number, kind, person, way, sent, sent, data, len(data))


@st.composite
def logs(draw):
    """Any log at all: nonsense too, for order must hold there as well."""
    now, events = 0.0, []
    for number in range(draw(st.integers(0, 25))):
        now += draw(st.sampled_from([0.0, 0.001, 0.05, 2 * BURST]))
        data = draw(st.sampled_from([b"", b"a\n", b"bc\n", b"[ada] a\n", b"[ada] bc\n", b"* ada has left\n"]))
        kind = draw(st.sampled_from([Kind.BYTES] * 4 + list(Kind)))
        event = one(number, kind, draw(PEOPLE), draw(st.sampled_from(Way)), data, now)
        late = draw(st.sampled_from([0, 0, 0, 3 * LATE]))
        events.append(Event(number, kind, event.person, event.way, now, now + late, data, len(data)))
    return events


def order(events, people=THREE):
    return put_in_order(make_steps(events), people, len(events) * 2)


@given(logs())
def test_everybodys_own_order_is_kept_and_nothing_is_lost(events):
    before, after = make_steps(events), order(events)
    for person in THREE:
        own = [step for step in before if step.event.person == person]
        assert [step for step in after if step.event.person == person] == own
    assert len(before) == len(after)


@given(logs())
def test_what_goes_to_the_server_never_moves(events):
    def to_server(steps):
        return [step for step in steps if step.event.way == Way.TO_SERVER]

    assert to_server(order(events)) == to_server(make_steps(events))


@given(logs())
def test_nothing_crosses_a_pause(events):
    before, after = make_steps(events), order(events)
    for at, (earlier, later) in enumerate(pairwise(before), 1):
        if later.time - earlier.time > BURST:
            assert set(after[:at]) == set(before[:at])


# Talk: a script in which somebody speaks, and everybody else hears it, copy by copy, in any order


@st.composite
def two_runs(draw):
    """One talk, logged twice: copies go out in another order, some of them only after others have spoken."""
    talk = [(draw(PEOPLE), f"line {turn};".encode()) for turn in range(draw(st.integers(1, 6)))]
    return talk, play(talk, draw), play(talk, draw)


def play(talk, draw):
    """Write a log of the talk: who is about to speak has heard all, others may hear any time later."""
    events, waiting = [], {person: [] for person in THREE}

    def send(person, way, data):
        events.append(one(len(events) + 1, Kind.BYTES, person, way, data, len(events) * 0.002))

    def deliver(person, count):
        for _ in range(count):
            send(person, Way.TO_CLIENT, waiting[person].pop(0))

    for speaker, words in talk:
        for person in draw(st.permutations(THREE)):
            late = 0 if person == speaker else draw(st.integers(0, len(waiting[person])))
            deliver(person, len(waiting[person]) - late)
        send(speaker, Way.TO_SERVER, words + b"\n")
        for person in THREE:
            if person != speaker:
                waiting[person].append(tell(speaker, words))
    for person in draw(st.permutations(THREE)):
        deliver(person, len(waiting[person]))
    return events


def tell(speaker, words):
    return b"[" + speaker.encode() + b"] " + words + b"\n"


@settings(max_examples=300)
@given(two_runs())
def test_two_runs_of_one_talk_make_one_picture(runs):
    _, one_run, other_run = runs
    assert diagram(one_run, THREE, last=99) == diagram(other_run, THREE, last=99)
    assert diagram(one_run, THREE, last=5) == diagram(other_run, THREE, last=5)


@given(two_runs())
def test_ordering_what_is_in_order_changes_nothing(runs):
    def order_at_once(events):
        instant = [one(0, each.kind, each.person, each.way, each.data, 0.0) for each in events]
        return [step.event for step in order(instant)]

    once = order_at_once(runs[1])
    assert order_at_once(once) == once


@given(two_runs())
def test_no_copy_stands_before_its_line(runs):
    talk, run, _ = runs
    data = [step.event.data for step in order(run)]
    for speaker, words in talk:
        said = data.index(words + b"\n")
        copies = [at for at, each in enumerate(data) if each == tell(speaker, words)]
        assert len(copies) == 2
        assert said < min(copies)


# The rules, one by one


def picture_of(scene):
    return diagram(scene.events, THREE).text.splitlines()


def receivers(scene):
    return [line.split("→")[1].split()[0] for line in picture_of(scene)]


def test_a_late_copy_goes_back_to_its_brother():
    scene = Scene()
    scene.says("ada", b"hello\n")
    scene.hears("grace", b"[ada] hello\n")
    scene.says("grace", b"yes?\n")
    scene.hears("linus", b"[ada] hello\n")
    assert receivers(scene) == ["server", "grace", "linus", "server"]


def test_copies_go_back_to_the_line_that_they_tell():
    scene = Scene()
    scene.says("ada", b"one\n")
    scene.says("ada", b"two\n")
    scene.hears("grace", b"[ada] one\n")
    scene.hears("grace", b"[ada] two\n")
    assert receivers(scene) == ["server", "grace", "server", "grace"]


def test_a_notice_stays_after_whatever_may_have_caused_it():
    """Many a server notices a death only when somebody else speaks."""
    scene = Scene()
    scene.says("linus", b"", kind=Kind.RST)
    scene.says("ada", b"left the room\n")
    scene.says("grace", b"hi\n")
    scene.hears("ada", b"* linus has left the room\n")
    assert receivers(scene)[-1] == "ada"


def test_a_copy_that_repeats_what_was_just_said_again_stays():
    """The first "ok" never reached grace: her only copy is of the second, and must not stand before it."""
    scene = Scene()
    scene.says("ada", b"ok\n")
    scene.hears("linus", b"[ada] ok\n")
    scene.says("ada", b"ok\n")
    scene.hears("grace", b"[ada] ok\n")
    assert "grace" in picture_of(scene)[3]


def test_who_left_before_whom_spoke_is_what_the_log_says():
    scene = Scene()
    scene.says("linus", b"", kind=Kind.FIN)
    scene.says("ada", b"1\n")
    assert ["FIN" in line for line in picture_of(scene)] == [True, False]


def test_bytes_stand_before_the_endings_of_their_turn():
    scene = Scene()
    scene.hears("ada", b"", kind=Kind.FIN)
    scene.hears("grace", b"* ada has left the room\n")
    assert ["FIN" in line for line in picture_of(scene)] == [False, True]


def test_a_copy_after_a_pause_stays_where_it_came():
    scene = Scene()
    scene.says("ada", b"hello\n")
    scene.hears("grace", b"[ada] hello\n")
    scene.says("grace", b"yes?\n")
    scene.wait(2 * BURST)
    scene.hears("linus", b"[ada] hello\n")
    assert "linus" in picture_of(scene)[3]


def test_a_busy_machine_may_take_its_time_between_two_whom_the_server_tells_at_once():
    scenes = [Scene("ada"), Scene("ada")]
    for scene, hearers in zip(scenes, [("ada", "grace"), ("grace", "ada")], strict=True):
        scene.says("grace", b"grace\n")
        for hearer in hearers:
            scene.hears(hearer, b"* welcome\n")
            scene.wait(0.6)
    assert picture_of(scenes[0]) == picture_of(scenes[1])


def test_columns_stand_as_asked_and_then_as_people_came():
    events = long_talk(1, ("linus", "ada", "grace")).events
    assert find_people(make_steps(events)) == ["linus", "ada", "grace"]
    assert find_people(make_steps(events), ["grace"]) == ["grace", "linus", "ada"]


def story(*rows):
    """Events of one burst: what is named by person, kind, way and words."""
    return [
        Event(n, kind, person, way, 0.001 * n, 0.001 * n, data, len(data))
        for n, (person, kind, way, data) in enumerate(rows)
    ]


UP, DOWN = Way.TO_SERVER, Way.TO_CLIENT
SAYS = ("ada", Kind.BYTES, UP, b"one\n")
HEARS = [(name, Kind.BYTES, DOWN, b"[ada] one\n") for name in ("linus", "grace")]
REFUSES = ("linus", Kind.RST, UP, b"")


def test_a_copy_stands_with_its_brother_although_a_dead_computer_was_quicker_to_answer():
    for events in ([SAYS, *HEARS, REFUSES], [SAYS, HEARS[0], REFUSES, HEARS[1]]):
        kinds = [(step.event.person, step.event.kind) for step in order(story(*events))]
        assert kinds == [event[:2] for event in (SAYS, *HEARS[::-1], REFUSES)]


LEFT, BYE = ("ada", Kind.FIN, DOWN, b""), ("ada", Kind.FIN, UP, b"")
DIED = ("", Kind.NOTE, UP, b"")


def test_a_note_about_the_server_stands_after_what_has_led_to_it():
    for events in ([SAYS, DIED, LEFT, BYE], [SAYS, LEFT, DIED, BYE], [SAYS, LEFT, BYE, DIED]):
        kinds = [(step.event.person, step.event.kind, step.event.way) for step in order(story(*events))]
        assert kinds == [event[:3] for event in (SAYS, DIED, LEFT, BYE)]


def test_a_note_does_not_pass_an_ending_that_may_have_led_to_it():
    events = [SAYS, *HEARS, REFUSES, DIED]
    assert [step.event.kind for step in order(story(*events))][-2:] == [Kind.RST, Kind.NOTE]
