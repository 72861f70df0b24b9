"""What chatkit promises beyond the spec, and asks of nobody else: what one client may cost, said in words.

A frozen reader is cut, memory is bounded, a limit is said in words. The figures are the server's defaults.
"""

from chatkit.check import measure
from chatkit.check.participant import WAIT
from chatkit.check.promise import Level, promise
from chatkit.check.stage import Stage

CHATKIT = Level.CHATKIT
LINE = 4096  # bytes, with the newline
NAMING = 10.0  # seconds
MIB = 1 << 20
LATE = 8.0  # seconds after a deadline that still count as in time


@promise(CHATKIT, about="a limit, and a word to whoever goes beyond it", lesson=11)
def a_line_over_the_limit_is_refused_in_words(stage: Stage) -> None:
    """A line of 4,096 bytes is heard; a longer one gets one line that begins with !, then the end."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    with stage.scene(f"{linus} says a line of 4,096 bytes, and then a longer one"):
        linus.says("x" * (LINE - 1))
        ada.hears(linus, "x" * (LINE - 1))
        linus.says("y" * LINE)
    linus.is_told_off("4096")
    ada.hears_that_left(linus)
    stage.catch_up(grace, ada)
    ada.has_heard_once_that_left(linus)
    stage.step(f"{ada} has heard nothing of that line", action=False)
    if any("yyy" in line for line in ada.lines):
        stage.fail("nothing of a line that is too long", "some of it")


@promise(CHATKIT, about="a queue for each client, with an end", lesson=9, slow=True)
def a_frozen_reader_is_cut_and_announced(stage: Stage) -> None:
    """Who reads nothing while 16 MiB are said is cut, and the others hear that it was too slow."""
    (linus,) = stage.joined("linus", small=True)
    ada, grace = stage.joined("ada", "grace")
    linus.freezes()
    lines = [f"{number:05} {'x' * 1_017}" for number in range(16 * 1_024)]
    with stage.scene(f"{ada} says 16,384 lines of a KiB, and {grace} hears them"):
        ada.sends("".join(f"{line}\n" for line in lines).encode())
        grace.hears_all(ada, lines)
    grace.hears_line(f"* {linus} has left the room (too slow)", within=3 * WAIT)
    stage.catch_up(grace, ada)


@promise(
    CHATKIT, about="whatever a client does, it costs a bounded number of bytes", lesson=11, measured=True
)
def memory_stays_bounded(stage: Stage) -> None:
    """Neither a frozen reader nor an endless line makes the server grow by more than 32 MiB."""
    pid = stage.process.pid
    (linus,) = stage.joined("linus", small=True)
    ada, grace = stage.joined("ada", "grace")
    before = measure.memory(pid)
    linus.freezes()
    lines = [f"{number:05} {'x' * 4_000}" for number in range(12 * 1_024)]
    with stage.scene(f"{ada} says 48 MiB that {linus} does not read"):
        ada.sends("".join(f"{line}\n" for line in lines).encode())
        grace.hears_all(ada, lines)
    with stage.scene("a stranger sends 20 MiB without a newline"):
        stranger = stage.stranger()
        stranger.sends(b"x" * (20 * MIB))
        stage.wait(lambda: bool(stranger.ended), 2 * WAIT)
    stage.step("the server has not grown by more than 32 MiB", action=False)
    if (grown := measure.memory(pid) - before) > 32 * MIB:
        stage.fail("at most 32 MiB more", f"{grown / MIB:.0f} MiB more")


@promise(CHATKIT, about="one deadline for all of the naming, not for each byte", lesson=3, slow=True)
def slow_naming_is_cut_in_time(stage: Stage) -> None:
    """Who gives no whole name within 10 s, whether silent or byte by byte, is told so and hung up on."""
    silent, dribbling = stage.stranger(), stage.stranger()
    with stage.scene("one stranger is silent, the other sends a byte a second"):
        for _ in range(int(NAMING)):
            dribbling.sends(b"a")
            stage.wait(lambda: False, 1.0 / stage.patience)
    for stranger in (silent, dribbling):
        stranger.is_told_off("no name", within=LATE)


@promise(CHATKIT, about="keep one descriptor in reserve, and use it to say why", lesson=11, measured=True)
def a_full_room_says_so(stage: Stage) -> None:
    """When no more can be let in, whoever comes is told in a line that begins with !, and hung up on."""
    pid = stage.process.pid
    ada, grace = stage.joined("ada", "grace")
    stage.step("the server is left with five free descriptors, and 20 strangers connect")
    measure.limit_descriptors(pid, spare=5)
    strangers = [stage.connected("stranger") for _ in range(20)]
    stage.wait(lambda: sum(bool(stranger.ended) for stranger in strangers) >= 10, WAIT)
    refused = [stranger for stranger in strangers if stranger.ended]
    stage.step("at least ten of them are told that the room is full, and hung up on", action=False)
    if len(refused) < 10 or not all(any("full" in line for line in s.lines) for s in refused):
        stage.fail(
            "ten lines that say so", f"{len(refused)} hung up on; {refused[0].seen() if refused else ''}"
        )
    stage.catch_up(ada, grace)
    stage.all_leave([stranger for stranger in strangers if not stranger.ended], politely=True)
    stage.two_newcomers_can_talk()


@promise(
    CHATKIT, about="fewer sends: read all there is, then give each client one piece", lesson=13, slow=True
)
def a_hundred_people_can_talk(stage: Stage) -> None:
    """A hundred people can be there at once, and each is heard by the 99 others."""
    guests = stage.crowd(100)
    with stage.scene("each says one line, and all hear them all"):
        for guest in guests:
            guest.says(f"I am {guest}")
        for listener in guests:
            for speaker in guests:
                if speaker is not listener:
                    listener.hears(speaker, f"I am {speaker}", within=3 * WAIT)
