"""Bytes, not messages: however TCP cuts or glues what is sent, the lines are the same, all, in order."""

from chatkit.check.actor import Actor
from chatkit.check.promise import Level, promise
from chatkit.check.stage import Stage

STURDY = Level.STURDY
FRAMING = "one recv is not one line: collect bytes until the newline comes, and keep the rest"


@promise(STURDY, about=FRAMING, lesson=2)
def a_line_may_come_byte_by_byte(stage: Stage) -> None:
    """A line that comes one byte at a time is one message."""
    ada, grace = stage.joined("ada", "grace")
    with stage.scene(f"{ada} sends 'slowly does it' byte by byte"):
        for byte in b"slowly does it\n":
            ada.sends(bytes([byte]))
            stage.glance()
    grace.hears(ada, "slowly does it")


@promise(STURDY, about=FRAMING, lesson=2)
def a_name_may_come_byte_by_byte(stage: Stage) -> None:
    """A name that comes one byte at a time is one name."""
    (ada,) = stage.joined("ada")
    grace = stage.connected("grace")
    grace.is_prompted()
    with stage.scene(f"{grace} sends its name byte by byte"):
        for byte in grace.name.encode():
            grace.sends(bytes([byte]))
            stage.glance()
    grace.gives_name("")
    grace.is_let_in()
    stage.catch_up(ada, grace)


@promise(STURDY, about=FRAMING, lesson=2)
def lines_in_one_piece_are_several_messages(stage: Stage) -> None:
    """Three lines that come in one piece are three messages, each with the name before it."""
    ada, grace = stage.joined("ada", "grace")
    ada.sends(b"one\ntwo\nthree\n")
    for text in ("one", "two", "three"):
        grace.hears(ada, text)


@promise(STURDY, about="read name and chat through one buffer: what came too early is still in it", lesson=2)
def lines_glued_to_the_name_are_heard(stage: Stage) -> None:
    """Lines that come in one piece with the name are heard."""
    (ada,) = stage.joined("ada")
    grace = stage.connected("grace")
    stage.step(f"{grace} sends its name and two lines in one piece")
    grace.joins(after=b"early one\nearly two\n")
    ada.hears(grace, "early one")
    ada.hears(grace, "early two")


@promise(STURDY, about="each connection needs a buffer of its own", lesson=2)
def halves_of_two_people_do_not_mix(stage: Stage) -> None:
    """When two send halves of lines in turn, both lines arrive whole."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    ada.sends(b"half of ")
    grace.sends(b"hal")
    stage.wait(lambda: False, 0.1)
    ada.sends(b"ada\n")
    stage.wait(lambda: False, 0.1)
    grace.sends(b"f of grace\n")
    linus.hears(ada, "half of ada")
    linus.hears(grace, "half of grace")


@promise(STURDY, about="a blank line has a newline; only an empty read is the end", lesson=5)
def a_blank_line_is_no_goodbye(stage: Stage) -> None:
    """Who sends a blank line, or one of blanks, is still in the room."""
    ada, grace = stage.joined("ada", "grace")
    for line in (b"\n", b"   \n"):
        ada.sends(line)
    ada.says("still here")
    grace.hears(ada, "still here")
    stage.catch_up(grace, ada)


@promise(STURDY, about="one queue of lines for each receiver keeps the order", lesson=8)
def five_hundred_lines_keep_their_order(stage: Stage) -> None:
    """500 lines said in one breath reach everybody else, in order, each once."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    said = [f"line {number}" for number in range(1, 501)]
    with stage.scene(f"{ada} says 500 lines in one breath"):
        ada.sends("".join(f"{text}\n" for text in said).encode())
    grace.hears_all(ada, said)
    linus.hears_all(ada, said)


@promise(STURDY, about="two threads that send on one socket must take turns", lesson=8)
def five_can_talk_at_once(stage: Stage) -> None:
    """When five say 50 lines each at the same time, each hears the 200 of the others, in each one's order."""
    guests = stage.crowd(5)
    texts = [f"line {number}" for number in range(1, 51)]
    with stage.scene("five guests say 50 lines each, in turn"):
        for text in texts:
            for guest in guests:
                guest.says(text)
            stage.glance()
    for listener in guests:
        for speaker in guests:
            if speaker is not listener:
                listener.hears_all(speaker, texts)


@promise(STURDY, about="Budget Chat ends a line with \\n; telnet and Windows send \\r\\n", lesson=2)
def telnet_line_ends_harm_nobody(stage: Stage) -> None:
    """Who ends its lines in CR LF is heard like anybody else."""
    ada, grace = stage.joined("ada", "grace")
    ada.sends(b"from telnet\r\n")
    grace.hears(ada, "from telnet")
    if grace.carriage_returns:
        stage.note("a CR at the end of a line is passed on")
    linus = stage.connected("linus")
    linus.is_prompted()
    linus.gives_name(f"{linus}\r")
    stage.wait(lambda: bool(linus.roster or linus.ended), 1.0)
    if linus.ended:
        stage.note("a name that ends in CR LF is refused, so telnet cannot join")
    stage.catch_up(ada, grace)


@promise(STURDY, about="a limit for a line, and a way to end who goes beyond it", lesson=11)
def a_line_over_the_limit_harms_nobody(stage: Stage) -> None:
    """A line of 5,000 bytes, and one of 70,000, may arrive, be cut or end the sender; the others talk on."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    for size in (5_000, 70_000):
        with stage.scene(f"{linus} says a line of {size:,} bytes"):
            linus.sends(b"x" * size + b"\n")
        stage.catch_up(ada, grace)
    ada.hears_only_chat_lines()
    _is_here_or_announced(stage, "linus", linus, ada)


@promise(STURDY, about="a buffer that only grows is a promise to run out of memory", lesson=11)
def an_endless_line_harms_nobody(stage: Stage) -> None:
    """Who sends a megabyte without a newline harms nobody."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    with stage.scene(f"{linus} sends a megabyte without a newline"):
        linus.sends(b"x" * (1 << 20))
        stage.wait(lambda: not linus.outbox, 3.0)
    stage.catch_up(ada, grace)
    linus.sends(b"\n")
    _is_here_or_announced(stage, "linus", linus, ada)
    ada.hears_only_chat_lines()


@promise(STURDY, about="decode with errors='replace', or do not decode at all", lesson=11)
def bytes_that_are_no_text_harm_nobody(stage: Stage) -> None:
    """Bytes that are not UTF-8 may be passed on, replaced, or end the sender; the others talk on."""
    ada, grace = stage.joined("ada", "grace")
    for data in (b"caf\xe9", b"\xff\xfe\xfd", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"\xc0\x80"):
        (linus,) = stage.joined("linus")
        linus.sends(data + b"\n")
        stage.catch_up(ada, grace)
        _is_here_or_announced(stage, "linus", linus, ada)
        ada.hears_only_chat_lines()


@promise(STURDY, about="what a terminal obeys is not text: replace it before you pass it on", lesson=11)
def control_characters_harm_nobody(stage: Stage) -> None:
    """NUL, ESC and their kin in a line harm nobody, and no line is torn so that it lacks its sender."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    for code in (0, 7, 8, 11, 12, 13, 26, 27, 28, 127):
        linus.sends(f"a{chr(code)}[ada] b{code}\n".encode())
    for break_ in ("\x85", "\u2028", "\u2029"):
        linus.sends(f"a{break_}[ada] b{ord(break_)}\n".encode())
    stage.catch_up(ada, grace)
    ada.hears_only_chat_lines()
    stage.step("no line speaks for another", action=False)
    if forged := [line for line in grace.lines if line.startswith("[ada] b")]:
        stage.fail("every line of linus to begin with [linus]", repr(forged[0]))
    if any("\x1b" in line for line in ada.lines):
        stage.note("control characters are passed on as they are, and a terminal obeys them")


def _is_here_or_announced(stage: Stage, word: str, actor: Actor, ada: Actor) -> None:
    """Expect somebody to be in the room still, or to have been announced as gone."""
    stage.step(f"{actor} is heard, or {ada} has heard that {actor} has left", action=False)
    known = stage.announced(ada, actor)
    mark = stage.room.unused(word)
    actor.sends(f"{mark}\n".encode(), quietly=True)
    ada.expect(
        lambda: mark in ada.from_(actor) or len(ada.about(actor)) > known,
        f"a message of {actor}, or a line that begins with * and holds {actor}",
    )
