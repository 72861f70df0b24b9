"""The ways of leaving: a goodbye is told once, under the right name, and nobody else goes with it.

Each happens in a room of its own; afterwards two newcomers must still be able to talk there.
"""

from chatkit.check.actor import Actor
from chatkit.check.participant import WAIT
from chatkit.check.promise import Level, promise
from chatkit.check.stage import Stage

STURDY = Level.STURDY
EMPTY_READ = "an empty read is the goodbye: recv returns b'' and raises nothing"
ERROR = "a reset is an error from recv: it must end in the same place as an ordinary goodbye"


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
    stage.wait(linus.has_unread, WAIT)
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


@promise(STURDY, about="who has left gives its name back", lesson=5)
def who_left_politely_may_come_back(stage: Stage) -> None:
    """Who has left politely may come back under the same name, and is heard."""
    ada, linus = stage.joined("ada", "linus")
    linus.leaves()
    _comes_back(stage, linus, ada)


@promise(STURDY, about="who is lost gives its name back", lesson=7)
def who_was_reset_may_come_back(stage: Stage) -> None:
    """Who was reset may come back under the same name, and is heard."""
    ada, linus = stage.joined("ada", "linus")
    linus.resets()
    _comes_back(stage, linus, ada)


def _comes_back(stage: Stage, linus: Actor, ada: Actor) -> None:
    ada.hears_that_left(linus)
    back = stage.connected("linus")
    back.name = linus.name
    back.joins()
    back.says("back again")
    ada.hears(back, "back again")


def _is_told_once(stage: Stage, gone: Actor, *others: Actor) -> None:
    for other in others:
        other.hears_that_left(gone)
    stage.catch_up(*others)
    others[0].has_heard_once_that_left(gone)
