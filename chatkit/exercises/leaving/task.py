"""Mend the naive server's handle: a last word for who half-closes, and an end for who is silent too long."""

import time
from typing import Any

from chatkit.check.actor import Actor
from chatkit.check.stage import Stage
from chatkit.exercises.exam import Exam, Wrong
from chatkit.specimens.naive import Naive

LESSON = 7
PROVES = (
    "Four ways to leave, and your server knows each: a last word is heard, silence ends, and talk goes on."
)
LIMIT = 1.0  # seconds of silence, where the answer is examined
TALKS = 3 * LIMIT  # seconds that somebody talks without a pause

UNHEARD = "Linus said a line and half-closed: his last words must still be heard."
NO_GOODBYE = "Linus half-closed and went on reading, but he did not get `* goodbye` before the end."
NO_END = "Linus has said goodbye and got his answer: now the server must close his connection too."
UNMISSED = "Nobody was told that linus had left."
TWICE = "They were told twice that linus had left: clean up in one place only."
STAYS = "Linus has been silent for much longer than the limit, and he is still in the room."
DIED = "The silence ended linus's thread, but nobody took him off the list: clean up in `finally`."
BUSY = (
    "Ada talked all the time, and was thrown out as if she had been silent: each line begins the time anew."
)


def check(exam: Exam) -> None:
    """Examine Patient, whose `limit` says how many seconds somebody may be silent."""
    patient = exam.wants_class("Patient", Naive, "handle")
    patient.limit = 60.0
    with exam.room(patient) as (server, stage):
        exam.step("linus says his last words and half-closes (FIN); ada hears them", UNHEARD)
        ada, linus = exam.joined(server, stage, "ada", "linus")
        linus.says("last words")
        linus.half_closes()
        ada.hears(linus, "last words")
        exam.step("linus, still reading, gets `* goodbye`, and then the end", NO_GOODBYE)
        linus.hears_line("* goodbye")
        exam.blame = NO_END
        linus.is_hung_up_on()
        exam.step("ada hears once that linus has left", UNMISSED)
        ada.hears_that_left(linus)
        _once(exam, server, stage, ada, linus)

    patient.limit = LIMIT
    for last in (False, False, True):
        with exam.room(patient) as (server, stage):
            exam.step(f"ada says a line now and then for {TALKS:g} seconds, and is still there")
            (ada,) = exam.joined(server, stage, "ada")
            if _talks_until(stage, ada, ada, TALKS) or last:  # a machine that stalls accuses nobody
                exam.demand(not ada.ended, BUSY, "ada in the room", ada.seen())
                break
    with exam.room(patient) as (server, stage):
        exam.step(f"linus is silent for longer than the limit of {LIMIT:g} s, and is let go")
        before = exam.threads()
        ada, linus = exam.joined(server, stage, "ada", "linus")
        _talks_until(stage, ada, linus, LIMIT + 4.0)
        if not (linus.ended and exam.soon(lambda: "linus" not in server.names)):
            died = len(exam.threads() - before) <= 1  # only ada's is left
            raise Wrong(DIED if died else STAYS, "linus's connection ends", "it is open", knows_why=died)
        exam.step("ada, who talked all the time, hears it", UNMISSED)
        ada.hears_that_left(linus)

    patient.limit = 60.0
    exam.keeps(patient, "a_reset_is_told_once", UNMISSED)


def _talks_until(stage: Stage, speaker: Actor, ends: Actor, seconds: float) -> bool:
    """Let somebody talk until somebody's connection ends; return False if this machine made a pause."""
    smooth, began = True, time.monotonic()
    last = began
    while not ends.ended and time.monotonic() - began < seconds:
        smooth &= time.monotonic() - last < LIMIT / 2
        last = time.monotonic()
        speaker.says("still here")
        stage.wait(lambda: bool(ends.ended), LIMIT / 10)
    return smooth and time.monotonic() - last < LIMIT / 2


def _once(exam: Exam, server: Any, stage: Stage, ada: Actor, linus: Actor) -> None:
    exam.blame = TWICE
    stage.catch_up(ada, *exam.joined(server, stage, "grace"))
    ada.has_heard_once_that_left(linus)
