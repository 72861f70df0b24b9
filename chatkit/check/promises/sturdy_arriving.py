"""At the door: who comes, goes or says nothing before it has a name harms nobody who is in the room.

The part of a server that lets people in is the part that must never wait for one of them, and never die.
"""

from chatkit.check.actor import Actor
from chatkit.check.participant import WAIT
from chatkit.check.promise import Level, promise
from chatkit.check.stage import Stage

STURDY = Level.STURDY
DOOR = "the loop that accepts must survive whoever it lets in: naming belongs elsewhere"


@promise(STURDY, about=DOOR, lesson=3)
def a_silent_stranger_keeps_nobody_waiting(stage: Stage) -> None:
    """While three connect and say nothing, others can join and talk."""
    for _ in range(3):
        stage.stranger()
    stage.catch_up(*stage.joined("ada", "grace"))


@promise(STURDY, about=DOOR, lesson=5)
def leaving_at_the_door_is_not_mentioned(stage: Stage) -> None:
    """Who leaves politely before it has a name harms nobody, and nobody hears of it."""
    _leave_at_the_door(stage, politely=True)


@promise(STURDY, about=DOOR, lesson=7)
def a_reset_at_the_door_is_not_mentioned(stage: Stage) -> None:
    """Who is reset before it has a name harms nobody, and nobody hears of it."""
    _leave_at_the_door(stage, politely=False)


@promise(STURDY, about="an unfinished name is no name", lesson=2)
def half_a_name_harms_nobody(stage: Stage) -> None:
    """Who leaves in the middle of giving its name harms nobody."""
    ada, grace = stage.joined("ada", "grace")
    half = stage.connected("half")
    half.is_prompted()
    half.sends(half.name.encode())
    half.leaves()
    stage.catch_up(ada, grace)
    if ada.about(half):
        stage.note("half a name is let in when the connection ends")


@promise(STURDY, about="joining is one step: listed and announced, or neither", lesson=8)
def nobody_is_missed_in_a_crowd(stage: Stage) -> None:
    """When 20 join in one instant, each knows of all the others, from the list or from being told."""
    with stage.scene("20 guests connect, and give their names in one instant"):
        guests = [stage.connected("guest") for _ in range(20)]
        stage.wait(lambda: all(guest.lines or guest.tail for guest in guests), WAIT)
        for guest in guests:
            guest.gives_name(guest.name)
        for guest in guests:
            guest.is_let_in()
    stage.catch_up(*guests[:2])
    stage.step("each has been told of all the others", action=False)
    stage.wait(lambda: _missed(guests) == "", WAIT)
    if missed := _missed(guests):
        stage.fail("every guest in the list or the news of every other", missed)


@promise(STURDY, about="whatever a visitor took must be given back when it goes", lesson=8)
def the_room_outlives_a_hundred_visitors(stage: Stage) -> None:
    """After a hundred visitors have come and gone in all ways, only those who stayed are in the list."""
    ada, grace = stage.joined("ada", "grace")
    for turn in range(1, 6):
        with stage.scene(f"turn {turn}: 20 visitors join, and leave by FIN or by RST"):
            guests = stage.joined(*["guest"] * 20)
            stage.all_leave(guests[:10], politely=True)
            stage.all_leave(guests[10:], politely=False)
            for guest in guests:
                ada.hears_that_left(guest)
    (linus,) = stage.joined("linus")
    stage.step("a newcomer's list holds only those who are there", action=False)
    if ghosts := [word for word in linus.roster.replace(",", " ").split() if word.startswith("guest")]:
        stage.fail("ada and grace", f"also {', '.join(ghosts[:5])}")
    stage.catch_up(ada, grace, linus)


@promise(STURDY, about="connections that never speak must cost nobody else anything", lesson=3)
def a_storm_of_connections_passes(stage: Stage) -> None:
    """After a hundred connections that all break at once, those inside still talk."""
    ada, grace = stage.joined("ada", "grace")
    with stage.scene("a hundred connect, give no name, and are reset at once"):
        strangers = [stage.connected("stranger") for _ in range(100)]
        stage.all_leave(strangers, politely=False)
    stage.catch_up(ada, grace)


def _leave_at_the_door(stage: Stage, *, politely: bool) -> None:
    ada, grace = stage.joined("ada", "grace")
    stage.catch_up(ada, grace)
    before = ada.star_lines()
    for attempt in range(1, 4):
        with stage.scene(f"attempt {attempt}: one goes at once, one after it was asked, one during its name"):
            at_once, asked, naming = (stage.connected("stranger") for _ in range(3))
            stage.all_leave([at_once], politely=politely)
            asked.is_prompted()
            stage.all_leave([asked], politely=politely)
            naming.is_prompted()
            if not politely:
                naming.sends(b"gra")
            stage.all_leave([naming], politely=politely)
    stage.catch_up(ada, grace)
    stage.step(f"{ada} has heard nothing of them", action=False)
    if ada.star_lines() != before:
        stage.fail("no line that begins with *", repr(ada.star_lines()[len(before)]))


def _missed(guests: list[Actor]) -> str:
    pairs = ((one, other) for one in guests for other in guests if one is not other)
    return next(
        (f"{one} has not been told of {other}" for one, other in pairs if not one.knows_of(other)), ""
    )
