"""Budget Chat to the letter: what is said, who hears it, and what is heard when somebody goes.

Words are free: only the first character of a line and the names in it count.
"""

from chatkit.check.listener import holds
from chatkit.check.participant import WAIT
from chatkit.check.promise import Level, promise
from chatkit.check.stage import Stage

SPEC = Level.SPEC
PRINTABLE = "".join(map(chr, range(33, 127)))


@promise(SPEC, about="leave the sender out when you go through the list", lesson=4)
def a_message_never_comes_back(stage: Stage) -> None:
    """Nobody hears what they said themselves."""
    ada, grace = stage.joined("ada", "grace")
    ada.says("hello")
    grace.hears(ada, "hello")
    stage.catch_up(grace, ada)
    stage.step(f"{ada} has not heard {ada}", action=False)
    if ada.from_(ada):
        stage.fail("no line of its own", repr(ada.from_(ada)[0]))


@promise(SPEC, about="pass on what was said, and change only what comes before it", lesson=4)
def a_message_arrives_as_it_was_said(stage: Stage) -> None:
    """All printable ASCII characters, and blanks between words, arrive as they were sent."""
    ada, grace = stage.joined("ada", "grace")
    for text in (f"x{PRINTABLE}", "two  blanks   three", "x [grace] * not from grace"):
        ada.says(text)
        grace.hears(ada, text)


@promise(SPEC, about="one recv is not one line: collect until the newline comes", lesson=2)
def a_message_may_have_a_thousand_characters(stage: Stage) -> None:
    """A message of 1000 characters arrives whole."""
    ada, grace = stage.joined("ada", "grace")
    for text in ("x" * 999, "0123456789" * 100):
        ada.says(text)
        grace.hears(ada, text)


@promise(SPEC, about="each line is a message of its own", lesson=2)
def one_line_after_another_arrives(stage: Stage) -> None:
    """Ten lines, said one after the other, arrive in that order, each once."""
    ada, grace = stage.joined("ada", "grace")
    said = [f"line {number}" for number in range(1, 11)]
    with stage.scene(f"{ada} says ten lines, each when {grace} has heard the one before"):
        for text in said:
            ada.says(text)
            grace.hears(ada, text)
    stage.catch_up(ada, grace)
    stage.step(f"{grace} has heard each line once", action=False)
    if grace.from_(ada)[:10] != said:
        stage.fail("line 1 to line 10, in order", repr(grace.from_(ada)))


@promise(SPEC, about="a room is a list, and every member gets its own copy", lesson=4)
def ten_people_can_talk(stage: Stage) -> None:
    """Ten people can be there at once, and each is heard by the nine others."""
    guests = stage.crowd(10)
    with stage.scene("each says a line that the nine others hear"):
        stage.catch_up(*guests)


@promise(SPEC, about="an empty read is the goodbye: recv returns b'' and raises nothing", lesson=5)
def everybody_else_hears_that_somebody_left(stage: Stage) -> None:
    """When somebody leaves, everybody else hears a line that begins with * and holds the name."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    linus.leaves()
    ada.hears_that_left(linus)
    grace.hears_that_left(linus)


@promise(SPEC, about="whoever has left must be taken out of the list", lesson=5)
def who_has_left_is_not_listed(stage: Stage) -> None:
    """Who has left is no longer among the names that a newcomer is told."""
    ada, grace = stage.joined("ada", "grace")
    grace.leaves()
    stage.wait(lambda: len(ada.about(grace)) > stage.announced(ada, grace), WAIT)
    (linus,) = stage.joined("linus")
    stage.step(f"{linus}'s list of names holds {ada}, and not {grace}", action=False)
    if holds(linus.roster, grace.name) or not holds(linus.roster, ada.name):
        stage.fail(f"{ada} in the list, and not {grace}", repr(linus.roster))


@promise(SPEC, about="who has left hears nothing, and the others go on", lesson=5)
def the_others_go_on_talking(stage: Stage) -> None:
    """After somebody has left, the others still hear each other."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    linus.leaves()
    with stage.scene(f"{ada} and {grace} talk"):
        stage.catch_up(ada, grace)
        stage.catch_up(ada, grace)
