"""Mend the naive server's broadcast: who cannot be reached goes, alone, and whoever speaks is heard."""

from functools import partial

from chatkit.check.actor import Actor
from chatkit.check.stage import Stage
from chatkit.exercises.exam import SOON, Exam, Wrong
from chatkit.specimens.naive import Naive

LESSON = 6
PROVES = "A dead peer costs only itself: by FIN, by RST, or two at once, ada and grace do not miss a word."

BURIED = "Ada spoke, linus could not be reached, and ada was thrown out: the error was not hers."
STOPPED = "The loop stopped at linus, who is gone: grace stands after him in the list, and heard no more."
SKIPPED = "Grace missed one line: linus was taken off the very list that the loop was walking along."
KEPT = "Linus is gone for good, and still on the list: an error in send must have him removed."
TWICE = "They were told twice that linus had left."
AGAIN = "Two were gone at once, and one of them was removed twice: the second time must do nothing."
ADA_SAYS, GRACE_SAYS = ["one", "two", "three"], ["four", "five", "six"]


def check(exam: Exam) -> None:
    """Examine Careful: linus is let in between ada and grace, and goes in three ways."""
    careful = exam.wants_class("Careful", Naive, "broadcast")
    with exam.room(careful) as (server, stage):
        exam.step("ada, linus and grace join", "They cannot talk any more, although nobody has left yet.")
        ada, linus, grace = exam.joined(server, stage, "ada", "linus", "grace")
        stage.catch_up(ada, linus, grace)
        exam.step("linus leaves politely (FIN); ada says three lines, then grace three")
        linus.leaves()
        _talk(stage, ada, grace)
        exam.step("linus is off the list, and they were told so once", KEPT)
        exam.demand(
            exam.soon(lambda: "linus" not in server.names), KEPT, "ada, grace", ", ".join(server.names)
        )
        _is_told_once(exam, ada, linus)

    with exam.room(careful) as (server, stage):
        exam.step("linus is cut off (RST), and ada hears of it; she says three lines, then grace three", KEPT)
        ada, linus, grace = exam.joined(server, stage, "ada", "linus", "grace")
        linus.resets()
        ada.hears_that_left(linus)
        _talk(stage, ada, grace)
        _is_told_once(exam, ada, linus)

    with exam.room(careful) as (server, stage):
        exam.step("linus and a guest leave at once; ada says three lines, then grace three")
        ada, linus, guest, grace = exam.joined(server, stage, "ada", "linus", "guest", "grace")
        stage.all_leave([linus, guest], politely=True)
        _talk(stage, ada, grace, AGAIN)
        _is_told_once(exam, ada, linus, guest)
    exam.keeps(careful, "a_speaker_survives_a_polite_goodbye", BURIED)


def _talk(stage: Stage, ada: Actor, grace: Actor, buried: str = BURIED) -> None:
    """Expect grace to hear ada's three lines, each sent on its own, and ada to hear grace's."""
    for line in ADA_SAYS:
        ada.says(line)
        stage.wait(partial(_has_heard, grace, ada, [line]), 1.0)
    stage.wait(lambda: _has_heard(grace, ada, ADA_SAYS) or bool(ada.ended), SOON)
    got = [line for line in grace.from_(ada) if line in ADA_SAYS]
    if ada.ended or _has_left(grace, ada):
        raise Wrong(buried, "ada in the room", grace.seen(), knows_why=buried is AGAIN)
    if got != ADA_SAYS:
        missing = len(ADA_SAYS) - len(got)
        raise Wrong(SKIPPED if missing == 1 else STOPPED, "one, two, three", ", ".join(got) or "nothing")
    for line in GRACE_SAYS:
        grace.says(line)
        ada.hears(grace, line)


def _has_heard(listener: Actor, speaker: Actor, lines: list[str]) -> bool:
    return set(lines) <= set(listener.from_(speaker))


def _has_left(listener: Actor, other: Actor) -> bool:
    return len(listener.about(other)) > listener.stage.announced(listener, other)


def _is_told_once(exam: Exam, listener: Actor, *others: Actor) -> None:
    exam.blame = KEPT
    for other in others:
        listener.hears_that_left(other)
    exam.blame = TWICE
    listener.has_heard_once_that_left(*others)
