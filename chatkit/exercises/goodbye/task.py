"""Mend the naive server's goodbye: override handle, so that whoever leaves politely is let go."""

from typing import Any

from chatkit.check.actor import Actor
from chatkit.check.stage import Stage
from chatkit.exercises.exam import Exam, Wrong
from chatkit.exercises.reads import count_empty_reads
from chatkit.specimens.naive import Naive

LESSON = 5
PROVES = "Whoever leaves is let go at once and told of once: an empty read is the goodbye, and you heard it."
FEW, MANY = 10, 100  # calls of recv after the goodbye: what is forgiven, and what is a loop

SPINS = "After linus has left, your handler calls recv again and again: each call gives b'' at once."
TEXT = "Your handler compares bytes with text: recv gives b'', and b'' is never equal to ''."
WAITS = "Linus has left, but the thread that served him lives on: b'' must end the loop."
LISTED = "The handler has ended, but linus still stands on the list: somebody must take him off it."
APART = "The two lists have grown apart: clients and names must lose the same person."
UNTOLD = "Nobody told ada and grace that linus had left."
TWICE = "They were told twice that linus had left: clean up in one place only."
GOES_ON = "Linus was removed, and his handler went on and met an error: after b'' nothing may follow."
RESET = "A cut connection (RST) still comes as an exception from recv: it must end in the same place."


def check(exam: Exam) -> None:
    """Examine Mended: linus comes, talks, and leaves."""
    mended = exam.wants_class("Mended", Naive, "handle")
    empty = count_empty_reads()
    with exam.room(mended) as (server, stage):
        exam.step("ada and grace join")
        ada, grace = exam.joined(server, stage, "ada", "grace")
        exam.soon(lambda: len(exam.threads()) >= 3)
        before = exam.threads()

        exam.step("linus joins, and ada and grace hear him", "What linus says is not heard any more.")
        (linus,) = exam.joined(server, stage, "linus")
        linus.says("hello")
        ada.hears(linus, "hello")
        grace.hears(linus, "hello")

        exam.step("linus leaves politely (FIN), and his thread ends")
        linus.leaves()
        exam.soon(lambda: empty() > MANY or exam.threads() <= before)
        exam.demand(
            empty() <= FEW,
            TEXT if exam.bytes_met_text else SPINS,
            f"at most {FEW} calls of recv after his goodbye",
            f"more than {MANY if empty() > MANY else FEW} calls",
        )
        exam.demand(exam.threads() <= before, WAITS, "the thread has ended", "the thread lives")

        _is_missed_once(exam, server, stage, ada, grace, linus)
        exam.step("no thread has died of an error")
        if exam.deaths:
            raise Wrong(GOES_ON, "a handler that ends in peace", exam.deaths[0], knows_why=True)
    exam.keeps(mended, "a_polite_goodbye_is_told_once", UNTOLD)
    exam.keeps(mended, "a_reset_is_told_once", RESET)


def _is_missed_once(exam: Exam, server: Any, stage: Stage, ada: Actor, grace: Actor, linus: Actor) -> None:
    exam.step("the room has shrunk: two clients, two names")
    exam.soon(lambda: len(server.clients) == len(server.names) == 2, 1.0)
    people = f"{len(server.clients)} clients, and the names {', '.join(server.names)}"
    shrunk = len(server.clients) <= 2 or "linus" not in server.names
    exam.demand(shrunk, LISTED, "2 clients, and the names ada, grace", people)
    alike = len(server.clients) == 2 and server.names == ["ada", "grace"]
    exam.demand(alike, APART, "2 clients, and the names ada, grace", people)

    exam.step("ada and grace hear that linus has left", UNTOLD)
    ada.hears_that_left(linus)
    grace.hears_that_left(linus)

    exam.step("they hear it once", TWICE)
    stage.catch_up(ada, grace)
    ada.has_heard_once_that_left(linus)
