"""The slow reader: a client that stops reading may lose its own seat, and nobody else's time.

Kernel buffers hide a lot, so the frozen client's is made small beforehand, and more is sent than the server's
may grow to: 4 MiB on Linux (`tcp_wmem` in tcp(7)).
"""

from chatkit.check.participant import WAIT, Participant
from chatkit.check.promise import Level, promise
from chatkit.check.stage import Stage

STURDY = Level.STURDY
SLOW = "send to one client must not wait while the others wait for you: give each a queue"
LINES = [f"{number:04} {'x' * 985}" for number in range(5_000)]  # 5 MB in lines of 990 bytes
ALL = sum(map(len, LINES))


@promise(STURDY, about=SLOW, lesson=9)
def a_frozen_reader_stops_nobody(stage: Stage) -> None:
    """While one member reads nothing, five megabytes said by another reach everybody else."""
    (linus,) = stage.joined("linus", small=True)
    ada, grace = stage.joined("ada", "grace")
    linus.freezes()
    with stage.scene(f"{ada} says 5,000 lines of 990 bytes"):
        ada.sends("".join(f"{line}\n" for line in LINES).encode())
    grace.hears_all(ada, LINES)
    stage.catch_up(grace, ada)


@promise(STURDY, about=SLOW, lesson=9)
def a_frozen_reader_keeps_nobody_out(stage: Stage) -> None:
    """While one member reads nothing, and others have said five megabytes, newcomers can join and talk."""
    (linus,) = stage.joined("linus", small=True)
    ada, grace = stage.joined("ada", "grace")
    linus.freezes()
    with stage.scene(f"{ada} and {grace} say 2,500 lines each"):
        for speaker, lines in ((ada, LINES[:2_500]), (grace, LINES[2_500:])):
            speaker.sends("".join(f"{line}\n" for line in lines).encode())
        _come_to_rest(stage, ada, grace)
    stage.two_newcomers_can_talk()


def _come_to_rest(stage: Stage, *speakers: Participant) -> None:
    """Wait until they have heard all that they said, each the other's part, or hear no more of it."""

    def heard() -> int:
        return sum(each.heard for each in speakers)

    before = -1
    while before < heard() < ALL:
        before = heard()
        stage.wait(lambda: heard() >= ALL, WAIT)


@promise(STURDY, about="one place for every way of ending: a send that fails is one of them", lesson=9)
def a_frozen_reader_who_dies_is_announced(stage: Stage) -> None:
    """When a member that read nothing is reset, the others hear that it has left."""
    (linus,) = stage.joined("linus", small=True)
    ada, grace = stage.joined("ada", "grace")
    linus.freezes()
    with stage.scene(f"{ada} says 300 lines of 990 bytes, and {grace} hears them"):
        ada.sends("".join(f"{line}\n" for line in LINES[:300]).encode())
        grace.hears_all(ada, LINES[:300])
    known = stage.announced(ada, linus)
    linus.cut()
    stage.step(f"{ada} hears that {linus} has left", action=False)
    ada.expect(lambda: len(ada.about(linus)) > known, f"a line that begins with * and holds {linus}")


@promise(STURDY, about="drop a slow reader, or keep its lines; but never skip some and say nothing", lesson=9)
def a_slow_reader_misses_nothing_or_is_cut(stage: Stage) -> None:
    """A member that did not read for a while hears every line in the end, or loses its connection."""
    (linus,) = stage.joined("linus", small=True)
    ada, grace = stage.joined("ada", "grace")
    linus.freezes()
    with stage.scene(f"{ada} says 300 lines of 990 bytes, and {grace} hears them"):
        ada.sends("".join(f"{line}\n" for line in LINES[:300]).encode())
        grace.hears_all(ada, LINES[:300])
    linus.thaws()
    stage.wait(lambda: bool(linus.ended) or f"[{ada}] {LINES[299]}" in linus.lines, 3.0)
    if linus.ended:
        return
    linus.hears_all(ada, LINES[:300])
