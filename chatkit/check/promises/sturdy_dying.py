"""The wrong funeral: when some leave while others talk, only the leavers go, and each under its own name.

All of this is a matter of luck, so each is tried several times; where the process is at hand, it is held for
a moment, so that it meets a death and a message at once.
"""

from chatkit.check.actor import Actor
from chatkit.check.promise import Level, promise
from chatkit.check.stage import Stage

STURDY = Level.STURDY
WHOSE = "an error in send belongs to the one who was sent to, not to the one who speaks"
COPY = "iterate over a copy, and let no dead peer end a living one"


@promise(STURDY, about=WHOSE, lesson=6, tries=3)
def a_speaker_survives_a_polite_goodbye(stage: Stage) -> None:
    """Who speaks just when somebody leaves politely is heard by the others, line by line, and stays."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    linus.leaves()
    _speaks_on(stage, ada, grace)


@promise(STURDY, about=WHOSE, lesson=6, tries=4)
def a_speaker_survives_a_reset(stage: Stage) -> None:
    """Who speaks just when somebody is reset is heard by the others, line by line, and stays."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    with stage.held():
        linus.resets()
        ada.says("line 0")
    _speaks_on(stage, ada, grace)


@promise(STURDY, about="a name belongs to its connection, not to a place in a list", lesson=6, tries=3)
def the_right_one_is_announced(stage: Stage) -> None:
    """After two were reset at once, the next one is announced under its own name."""
    ada, dead, too, stays, goes = stage.joined("ada", "guest", "guest", "grace", "linus")
    with stage.scene(f"{dead} and {too} are reset at once"), stage.held():
        stage.all_leave([dead, too], politely=False)
    ada.hears_that_left(dead)
    ada.hears_that_left(too)
    goes.resets()
    ada.hears_that_left(goes)
    stage.catch_up(ada, stays)
    ada.has_heard_once_that_left(dead, too, goes)
    _has_not_left(stage, ada, stays)


@promise(STURDY, about=WHOSE, lesson=6, tries=3)
def six_can_leave_in_one_instant(stage: Stage) -> None:
    """When six leave in one instant, by FIN and by RST, each is announced once, and the rest talk on."""
    ada, grace, *others = stage.joined("ada", "grace", *["guest"] * 6)
    with stage.scene("of eight, six leave in one instant: three by FIN and three by RST"):
        with stage.held():
            for leaver in others[::2]:
                stage.count_notices(leaver)
                leaver.shut()
            stage.all_leave(others[1::2], politely=False)
        stage.wait(lambda: all(leaver.ended for leaver in others[::2]), 0.3)
        for leaver in others[::2]:
            leaver.close()
    for leaver in others:
        ada.hears_that_left(leaver)
    stage.catch_up(ada, grace)
    ada.has_heard_once_that_left(*others)
    _has_not_left(stage, ada, grace)


@promise(STURDY, about=COPY, lesson=6, tries=3)
def innocents_lose_no_line_while_others_leave(stage: Stage) -> None:
    """While twelve leave politely, two who talk all the time hear every line of each other."""
    _talk_while_twelve_leave(stage, politely=True)


@promise(STURDY, about=COPY, lesson=6, tries=3)
def innocents_lose_no_line_while_others_are_reset(stage: Stage) -> None:
    """While twelve are reset, two who talk all the time hear every line of each other."""
    _talk_while_twelve_leave(stage, politely=False)


def _has_not_left(stage: Stage, ada: Actor, other: Actor) -> None:
    stage.step(f"{ada} has not heard that {other} has left", action=False)
    if len(ada.about(other)) > stage.announced(ada, other):
        stage.fail(f"no news of {other}, who is still here", repr(ada.about(other)[-1]))


def _speaks_on(stage: Stage, ada: Actor, grace: Actor) -> None:
    lines = [f"line {number}" for number in range(1, 6)]
    for line in lines:
        ada.says(line)
        stage.wait(lambda: False, 0.005)  # each a send of its own, for a reset takes a moment to come back
    grace.hears_all(ada, lines)
    stage.catch_up(grace, ada)


def _talk_while_twelve_leave(stage: Stage, *, politely: bool) -> None:
    said = [f"line {number}" for number in range(1, 61)]
    ada, grace, *guests = stage.joined("ada", "grace", *["guest"] * 12)
    with stage.scene(f"{ada} and {grace} say 60 lines each, while twelve guests leave"):
        for number, line in enumerate(said):
            ada.says(line)
            grace.says(line)
            if number % 5 == 0:
                guest = guests[number // 5]
                stage.count_notices(guest)
                guest.shut() if politely else guest.cut()
            stage.glance()
    grace.hears_all(ada, said)
    ada.hears_all(grace, said)
    with stage.scene(f"{ada} hears that the twelve have left"):
        for guest in guests:
            ada.hears_that_left(guest)
