"""Write broadcast: whatever one guest says, all others who have joined hear once, with the speaker's name."""

from chatkit.exercises.exam import Exam
from chatkit.exercises.guests import Guest

LESSON = 4
PROVES = "One line in, a copy out to each of the others: nobody is forgotten, nobody hears double."

ECHO = "Ada hears her own line, and nobody else does: that is an echo. The others are in self.names."
NOBODY = "Ada said a line, and nobody heard it."
ONE = "Only one of the two others heard ada: is there a return or a break in the loop?"
BACK = "Ada got her own line back: leave out the sender."
DOOR = "Somebody who has not given a name yet hears the room: leave out whose name is None."
ENDLESS = "The line has no end: without the newline the next one is glued to it."
NAMELESS = "The line does not say who said it: it begins with the speaker's name, as in [ada] hello."
DOUBLE = "One line was said, and grace heard it more than once."
OTHER = "What arrived is not the line that was said."


def check(exam: Exam) -> None:
    """Examine Room: three have joined, and one stands at the door."""
    room = exam.wants_class("Room", object, "broadcast")()
    exam.demand(
        isinstance(getattr(room, "names", None), dict), "A Room needs self.names = {} in its __init__."
    )
    ada, grace, linus, door = (Guest(name) for name in ("ada", "grace", "linus", "nina"))
    room.names.update({ada.here: "ada", door.here: None, grace.here: "grace", linus.here: "linus"})

    exam.step("ada says hello")
    room.broadcast(ada.here, "hello")
    _all_heard(exam, b"[ada] hello\n", ada, grace, linus, door)

    exam.step("grace answers, in letters that are not ASCII")
    room.broadcast(grace.here, "\u00e7a va?")
    _all_heard(exam, b"[grace] \xc3\xa7a va?\n", grace, ada, linus, door)

    exam.step("nina, at the door, gives her name, and hears linus")
    room.names[door.here] = "nina"
    room.broadcast(linus.here, "welcome")
    _all_heard(exam, b"[linus] welcome\n", linus, ada, grace, None)
    _heard(exam, b"[linus] welcome\n", door, door.heard())

    exam.step("all but ada leave, and she talks to herself")
    for guest in (grace, linus, door):
        del room.names[guest.here]
    room.broadcast(ada.here, "anybody here?")
    exam.demand(not ada.heard(), BACK)


def _all_heard(exam: Exam, line: bytes, speaker: Guest, one: Guest, two: Guest, door: Guest | None) -> None:
    """Demand that the line reached both others, once, and neither the speaker nor the door."""
    back, first, second, outside = (guest.heard() if guest else b"" for guest in (speaker, one, two, door))
    nothing = not (first or second)
    exam.demand(not (nothing and back), ECHO, *_words(one, line, b""))
    exam.demand(not nothing, NOBODY, *_words(one, line, b""))
    exam.demand(bool(first and second), ONE, *_words(two if first else one, line, b""))
    _heard(exam, line, one, first)
    _heard(exam, line, two, second)
    exam.demand(not back, BACK, *_words(speaker, b"", back))
    if door:
        exam.demand(not outside, DOOR, *_words(door, b"", outside))


def _heard(exam: Exam, line: bytes, guest: Guest, got: bytes) -> None:
    exam.demand(got + b"\n" != line, ENDLESS, *_words(guest, line, got))
    exam.demand(got != line.partition(b"] ")[2], NAMELESS, *_words(guest, line, got))
    exam.demand(got.count(line) < 2, DOUBLE, *_words(guest, line, got))
    exam.demand(got == line, OTHER, *_words(guest, line, got))


def _words(guest: Guest, line: bytes, got: bytes) -> tuple[str, str]:
    """Say what somebody should have heard, and what they did."""
    wanted, found = (f"{data!r:.80}" if data else "nothing" for data in (line, got))
    return f"{guest.name} hears {wanted}", f"{guest.name} hears {found}"
