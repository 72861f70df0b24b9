"""The ways of leaving: a goodbye is told once, under the right name, and nobody else goes with it.

Each happens in a room of its own; afterwards two newcomers must still be able to talk there.
"""

from chatkit.check.actor import Actor
from chatkit.check.promise import Level, promise
from chatkit.check.stage import Stage

STURDY = Level.STURDY
EMPTY_READ = "an empty read is the goodbye: recv returns b'' and raises nothing"
ERROR = "a reset is an error from recv: it must end in the same place as an ordinary goodbye"
WHOSE = "an error in send belongs to the one who was sent to, not to the one who speaks"


@promise(STURDY, about=EMPTY_READ, lesson=5)
def a_polite_goodbye_is_told_once(stage: Stage) -> None:
    """When somebody leaves politely (FIN), the others hear of it once, though nobody speaks."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    linus.leaves()
    _is_told_once(stage, linus, ada, grace)


@promise(STURDY, about=ERROR, lesson=7)
def a_reset_is_told_once(stage: Stage) -> None:
    """When a connection is reset (RST), the others hear of it once, though nobody speaks."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    linus.resets()
    _is_told_once(stage, linus, ada, grace)


@promise(STURDY, about="who closes with unread bytes sends a reset, whatever was meant", lesson=7)
def closing_with_unread_lines_is_told_once(stage: Stage) -> None:
    """When somebody closes without having read everything, the others hear of it once."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    linus.hold(True)
    ada.says("a line that linus never reads")
    grace.hears(ada, "a line that linus never reads")
    linus.closes()
    _is_told_once(stage, linus, ada, grace)


@promise(STURDY, about="a half-close ends one direction: what was said before it still counts", lesson=7)
def last_words_before_a_half_close_are_heard(stage: Stage) -> None:
    """Who says a line and half-closes (as nc -N does) is heard, and is missed once it is gone."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    linus.says("last words")
    linus.half_closes()
    ada.hears(linus, "last words")
    linus.close()
    for _ in range(3):  # a server that goes on listening finds out when it sends
        stage.catch_up(ada, grace)
    _is_told_once(stage, linus, ada, grace)


@promise(STURDY, about="what has no newline is no line; and it must not be glued to the next", lesson=2)
def leaving_in_mid_line_is_told_once(stage: Stage) -> None:
    """Who leaves in the middle of a line is missed like anybody else, and no line of the others is torn."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    linus.sends(b"half a li")
    linus.leaves()
    _is_told_once(stage, linus, ada, grace)
    if any("half a li" in line for line in ada.lines):
        stage.note("an unfinished last line is passed on")


@promise(STURDY, about="deliver what was read before you announce the end", lesson=7)
def last_words_come_before_the_goodbye(stage: Stage) -> None:
    """Who says 20 lines and leaves at once is heard to the end, and only then announced."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    said = [f"farewell {number}" for number in range(1, 21)]
    linus.sends("".join(f"{line}\n" for line in said).encode())
    linus.leaves()
    grace.hears_that_left(linus)
    ada.hears_all(linus, said)
    ada.hears_that_left(linus)
    stage.step(f"{ada} has heard the goodbye last", action=False)
    goodbye = ada.lines.index(ada.about(linus)[-1], ada.since)
    if ada.lines.index(f"[{linus}] {said[-1]}") > goodbye:
        stage.fail("the goodbye after the last line", "a line after the goodbye")


@promise(STURDY, about=WHOSE, lesson=6)
def a_speaker_survives_a_polite_goodbye(stage: Stage) -> None:
    """Who speaks just when somebody leaves politely is heard by the others, line by line, and stays."""
    _speaks_while_one_leaves(stage, politely=True)


@promise(STURDY, about=WHOSE, lesson=6)
def a_speaker_survives_a_reset(stage: Stage) -> None:
    """Who speaks just when somebody is reset is heard by the others, line by line, and stays."""
    _speaks_while_one_leaves(stage, politely=False)


@promise(STURDY, about="a name is looked up with its connection, never by its place in a list", lesson=6)
def the_right_one_is_announced(stage: Stage) -> None:
    """After two were reset at once, the next one to leave is announced under its own name."""
    for attempt in range(4):
        with stage.scene(
            f"attempt {attempt + 1}: two guests are reset at once, then a third leaves politely"
        ):
            ada, dead, too, stays, goes = stage.joined("ada", "guest", "guest", "grace", "linus")
            stage.all_leave([dead, too], politely=False)
            ada.hears_that_left(dead)
            ada.hears_that_left(too)
            goes.leaves()
            ada.hears_that_left(goes)
            stage.catch_up(ada, stays)
            ada.has_heard_once_that_left(dead, too, goes)
            _nobody_else_left(stage, ada, stays)
            stage.all_leave([ada, stays], politely=True)


@promise(STURDY, about=WHOSE, lesson=6)
def six_can_leave_in_one_instant(stage: Stage) -> None:
    """When six leave in one instant, by FIN and by RST, each is announced once, and the rest talk on."""
    for attempt in range(3):
        with stage.scene(f"attempt {attempt + 1}: of eight, six leave in one instant"):
            ada, grace, *others = stage.joined("ada", "grace", *["guest"] * 6)
            for polite, reset in zip(others[:3], others[3:], strict=True):
                stage.all_leave([reset], politely=False)
                stage.count_notices(polite)
                polite.shut()
            stage.wait(lambda: all(o.ended for o in others[:3]), 0.3)  # noqa: B023, called at once
            for polite in others[:3]:
                polite.close()
            for other in others:
                ada.hears_that_left(other)
            stage.catch_up(ada, grace)
            ada.has_heard_once_that_left(*others)
            _nobody_else_left(stage, ada, grace)
            stage.all_leave([ada, grace], politely=True)


@promise(STURDY, about="iterate over a copy, and let no dead peer end a living one", lesson=6)
def innocents_lose_no_line_while_others_leave(stage: Stage) -> None:
    """While twelve leave politely, two who talk all the time hear every line of each other."""
    _talk_while_twelve_leave(stage, politely=True)


@promise(STURDY, about="iterate over a copy, and let no dead peer end a living one", lesson=6)
def innocents_lose_no_line_while_others_are_reset(stage: Stage) -> None:
    """While twelve are reset, two who talk all the time hear every line of each other."""
    _talk_while_twelve_leave(stage, politely=False)


@promise(STURDY, about="who has left gives its name back", lesson=5)
def who_has_left_may_come_back(stage: Stage) -> None:
    """Who has left, politely or by reset, may come back under the same name, and is heard."""
    ada, linus = stage.joined("ada", "linus")
    for politely in (True, False):
        linus.leaves() if politely else linus.resets()
        ada.hears_that_left(linus)
        back = stage.connected("linus")
        back.name = linus.name
        back.joins()
        stage.introduce([back])
        back.says(f"back again {politely}")
        ada.hears(back, f"back again {politely}")
        linus = back


def _is_told_once(stage: Stage, gone: Actor, *others: Actor) -> None:
    for other in others:
        other.hears_that_left(gone)
    stage.catch_up(*others)
    others[0].has_heard_once_that_left(gone)


def _nobody_else_left(stage: Stage, ada: Actor, other: Actor) -> None:
    stage.step(f"{ada} has not heard that {other} has left", action=False)
    if len(ada.about(other)) > stage.announced(ada, other):
        stage.fail(f"no news of {other}, who is still here", repr(ada.about(other)[-1]))


def _speaks_while_one_leaves(stage: Stage, *, politely: bool) -> None:
    for attempt in range(6):
        lines = [f"line {attempt + 1}.{number}" for number in range(1, 6)]
        with stage.scene(f"attempt {attempt + 1}: ada and grace are here, and linus"):
            ada, grace, linus = stage.joined("ada", "grace", "linus")
        linus.leaves() if politely else linus.resets()
        for line in lines:
            ada.says(line)
            stage.glance()
        grace.hears_all(ada, lines)
        stage.catch_up(grace, ada)
        stage.all_leave([ada, grace], politely=True)


def _talk_while_twelve_leave(stage: Stage, *, politely: bool) -> None:
    for attempt in range(3):
        said = [f"line {attempt + 1}.{number}" for number in range(1, 61)]
        with stage.scene(f"attempt {attempt + 1}: ada and grace talk while twelve leave"):
            ada, grace, *guests = stage.joined("ada", "grace", *["guest"] * 12)
            for number, line in enumerate(said):
                ada.says(line)
                grace.says(line)
                if number % 5 == 0:
                    guest = guests[number // 5]
                    guest.shut() if politely else guest.cut()
                stage.glance()
        grace.hears_all(ada, said)
        ada.hears_all(grace, said)
        with stage.scene(f"{ada} hears that the twelve have left"):
            for guest in guests:
                ada.hears_that_left(guest)
        stage.all_leave([ada, grace, *(g for g in guests if not g.gone)], politely=True)
