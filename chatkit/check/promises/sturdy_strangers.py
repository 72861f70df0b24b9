"""Strangers: everything that comes from the wire may be hostile, and costs nobody but its sender anything."""

from chatkit.check import measure
from chatkit.check.participant import WAIT
from chatkit.check.promise import Level, promise
from chatkit.check.stage import Stage

STURDY = Level.STURDY
NAMES = "check a name before anybody hears it, and refuse it in one place"

WILD_NAMES = (
    b"\x1b[31mada",
    b"gr\x00ace",
    b"gra\x08\x08ce",
    b"* ada has left the room",
    b"[ada] hello",
    "g\u200brace".encode(),
    "\u202eecarg".encode(),
    b"\xef\xbc\xa1\xef\xbd\x84\xef\xbd\x81",  # ada in full-width letters
    b"   ",
    b"\t",
)

OTHER_TONGUES = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 7\r\n\r\nhello\r\n",
    b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(range(160)),
    b"SSH-2.0-client\r\n",
    b"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00",
    b"\xff\xfb\x01\xff\xfd\x03\n",
)


@promise(STURDY, about=NAMES, lesson=11)
def wild_names_are_not_announced(stage: Stage) -> None:
    """Names with control characters, look-alikes or forged lines harm nobody, and nobody hears of them."""
    _come_and_go(stage, WILD_NAMES)


@promise(STURDY, about=NAMES, lesson=11)
def other_protocols_at_the_door_harm_nobody(stage: Stage) -> None:
    """A web browser, TLS, SSH or remote desktop that calls here harms nobody, and nobody hears of it."""
    _come_and_go(stage, OTHER_TONGUES, newline=b"")


@promise(STURDY, about="decode a name with errors='replace': one bad byte must not end the loop", lesson=11)
def a_bad_byte_at_the_door_harms_nobody(stage: Stage) -> None:
    """A name that is not UTF-8 harms nobody, and nobody hears of it."""
    _come_and_go(stage, (b"\xff\xfe", b"caf\xe9", b"\xc3\x28", b"\xed\xa0\x80"))


@promise(STURDY, about="a limit for a name, checked as the bytes come", lesson=11)
def an_over_long_name_harms_nobody(stage: Stage) -> None:
    """A name of 5,000 letters, or a megabyte without an end, is let in or refused; the others talk on."""
    ada, grace = stage.joined("ada", "grace")
    for data in (b"n" * 5_000 + b"\n", b"n" * (1 << 20)):
        with stage.scene(f"a stranger gives {len(data):,} bytes as its name"):
            stranger = stage.stranger()
            stranger.sends(data)
            stage.wait(lambda who=stranger: bool(who.ended or not who.outbox), WAIT)  # type: ignore[misc]
            stage.catch_up(ada, grace)
    stage.catch_up(ada, grace)
    if any("nnnn" in line for line in ada.lines):
        stage.note("a name of 5,000 letters is let in")


@promise(STURDY, about="read from each in turn, a piece at a time", lesson=9)
def a_flood_keeps_nobody_waiting(stage: Stage) -> None:
    """While one sends 20,000 lines in one breath, others are still heard."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    with stage.scene(f"{linus} sends 20,000 lines in one breath"):
        linus.sends(b"".join(b"flood %d\n" % number for number in range(20_000)))
    ada.says("may I?")
    grace.hears(ada, "may I?", within=3 * WAIT)
    ada.hears_only_chat_lines()


@promise(STURDY, about="go on reading while you slow somebody down, or you never hear the goodbye", lesson=9)
def a_flooder_who_leaves_is_announced(stage: Stage) -> None:
    """Who sends 3,000 lines and leaves is announced, and nothing of it is heard afterwards."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    with stage.scene(f"{linus} sends 3,000 lines in one breath"):
        linus.sends(b"".join(b"flood %d\n" % number for number in range(3_000)))
    linus.leaves()
    ada.hears_that_left(linus, within=3 * WAIT)
    stage.catch_up(grace, ada)
    stage.step(f"{ada} has heard nothing of {linus} since", action=False)
    goodbye = len(ada.lines) - 1 - ada.lines[::-1].index(ada.about(linus)[-1])
    if later := [line for line in ada.lines[goodbye:] if line.startswith(f"[{linus}]")]:
        stage.fail("the goodbye after the last line", repr(later[0]))


@promise(
    STURDY, about="accept fails when descriptors run out: wait and go on, or nobody joins again", lesson=11
)
def running_out_of_descriptors_is_survived(stage: Stage) -> None:
    """When more connect than the server can open, those inside talk on, and later others can join."""
    pid = stage.process.pid
    ada, grace = stage.joined("ada", "grace")
    stage.step("the server is left with ten free descriptors")
    measure.limit_descriptors(pid, spare=10)
    with stage.scene("30 strangers connect, and then leave"):
        strangers = [stage.connected("stranger") for _ in range(30)]
        stage.catch_up(ada, grace)
        stage.all_leave(strangers, politely=True)
    stage.catch_up(ada, grace)


def _come_and_go(stage: Stage, names: tuple[bytes, ...], newline: bytes = b"\n") -> None:
    ada, grace = stage.joined("ada", "grace")
    stage.catch_up(ada, grace)
    before = ada.star_lines()
    for name in names:
        stranger = stage.stranger()
        stranger.cut_tail()
        stranger.asked = len(stranger.lines)
        stranger.sends(name + newline)
        stage.wait(lambda who=stranger: bool(who.ended or who.roster), 0.5)  # type: ignore[misc]
    stage.catch_up(ada, grace)
    ada.hears_only_chat_lines()
    stage.step(f"{ada} has heard nothing of them", action=False)
    if news := ada.star_lines()[len(before) :]:
        stage.fail("no line that begins with *", repr(news[0]))
