"""What chatkit promises beyond the spec, and asks of nobody else: the words, the names, and clean text."""

from chatkit.check.promise import Level, promise
from chatkit.check.stage import Stage

CHATKIT = Level.CHATKIT
REPLACED = "\ufffd"


@promise(CHATKIT, about="the lines about the room are part of the wire format", lesson=4)
def its_lines_read_as_documented(stage: Stage) -> None:
    """List, welcome and goodbye read exactly as the wire format says."""
    (ada,) = stage.joined("ada")
    grace, linus = stage.joined("grace", "linus")
    stage.step(f"{linus} hears the list as documented", action=False)
    listed = linus.roster.removeprefix("* The room contains: ").split(", ")
    if not linus.roster.startswith("* The room contains: ") or not {ada.name, grace.name} <= set(listed):
        stage.fail(f"'* The room contains: {ada}, {grace}'", repr(linus.roster))
    ada.hears_line(f"* {linus} has entered the room")
    linus.leaves()
    ada.hears_line(f"* {linus} has left the room")


@promise(CHATKIT, about="say how somebody went, where it was not by an ordinary goodbye", lesson=7)
def a_lost_connection_is_told_with_its_reason(stage: Stage) -> None:
    """Who was reset has left, and the line says in brackets why."""
    ada, linus = stage.joined("ada", "linus")
    linus.resets()
    ada.hears_line(f"* {linus} has left the room (connection lost)")


@promise(CHATKIT, about="replace what a terminal obeys before it is passed on", lesson=11)
def text_is_clean(stage: Stage) -> None:
    """Control characters, line breaks and characters that turn or hide text are replaced by U+FFFD."""
    ada, grace = stage.joined("ada", "grace")
    codes = [
        *range(9),
        11,
        12,
        13,
        *range(14, 32),
        *range(0x7F, 0xA0),
        0x2028,
        0x2029,
        0x202E,
        0x2066,
        0x200F,
        0x200B,
        0xE0041,
    ]
    with stage.scene(
        f"{ada} says lines with {len(codes)} forbidden characters, and {grace} hears them replaced"
    ):
        for code in codes:
            ada.says(f"x{chr(code)}y {code}")
            grace.hears(ada, f"x{REPLACED}y {code}")
    ada.says("a\ttab and caf\u00e9 stay")
    grace.hears(ada, "a\ttab and caf\u00e9 stay")


@promise(CHATKIT, about="decode with errors='replace'", lesson=11)
def bytes_that_are_no_text_are_replaced(stage: Stage) -> None:
    """Bytes that are not UTF-8 arrive as U+FFFD, and their sender stays."""
    ada, grace = stage.joined("ada", "grace")
    ada.sends(b"caf\xe9 \xff\n")
    grace.hears(ada, f"caf{REPLACED} {REPLACED}")
    stage.catch_up(ada, grace)


@promise(CHATKIT, about="two names that a reader takes for one must not both be there", lesson=11)
def names_are_one_in_any_capitals(stage: Stage) -> None:
    """A name that is in use in other capitals is refused, and the refusal says so."""
    ada, grace = stage.joined("ada", "grace")
    stranger = stage.stranger()
    stranger.gives_name(ada.name.upper())
    stranger.is_told_off("in use")
    stage.catch_up(ada, grace)


@promise(CHATKIT, about="a refusal names the rule", lesson=11)
def a_bad_name_is_refused_in_words(stage: Stage) -> None:
    """A bad name gets one line that begins with ! and names the rule, then the end."""
    for name in ("", "a b", "zo\u00e9", "x" * 25, "[ada]"):
        stranger = stage.stranger()
        stage.step(f"the stranger gives the name {name!r}")
        stranger.gives_name(name)
        stranger.is_told_off("1 to 24")


@promise(CHATKIT, about="strip a CR before LF, on every line", lesson=2)
def telnet_can_join(stage: Stage) -> None:
    """Who ends its lines in CR LF joins, and its CR is passed on to nobody."""
    (ada,) = stage.joined("ada")
    grace = stage.connected("grace")
    grace.is_prompted()
    grace.gives_name(f"{grace}\r", after=b"from telnet\r\n")
    grace.is_let_in()
    ada.hears(grace, "from telnet")
    stage.step(f"{ada} has received no CR", action=False)
    if ada.carriage_returns:
        stage.fail("lines that end in LF", "a line that ends in CR LF")


@promise(CHATKIT, about="only a newline makes a line", lesson=2)
def what_is_unfinished_or_blank_is_no_message(stage: Stage) -> None:
    """A blank line and an unfinished last line are heard by nobody, and half a name is not let in."""
    ada, linus = stage.joined("ada", "linus")
    linus.sends(b"\n   \nhalf a li")
    linus.leaves()
    ada.hears_that_left(linus)
    half = stage.connected("half")
    half.is_prompted()
    half.sends(half.name.encode())
    half.leaves()
    (grace,) = stage.joined("grace")
    stage.catch_up(grace, ada)
    stage.step(f"{ada} has heard no message of {linus}, and nothing of {half}", action=False)
    if ada.from_(linus) or ada.about(half):
        stage.fail("nothing", repr((ada.from_(linus) + ada.about(half))[0]))


@promise(CHATKIT, about="one thread decides, so there is one order", lesson=8)
def all_hear_one_order(stage: Stage) -> None:
    """When three speak at once, two who listen hear the same lines in the same order."""
    *speakers, grace, linus = stage.joined("ada", "guest", "guest", "grace", "linus")
    texts = [f"line {number}" for number in range(1, 101)]
    with stage.scene("three say 100 lines each, in turn"):
        for text in texts:
            for speaker in speakers:
                speaker.says(text)
            stage.glance()
    for listener in (grace, linus):
        for speaker in speakers:
            listener.hears_all(speaker, texts)
    stage.step(f"{grace} and {linus} have heard the same lines in the same order", action=False)
    pairs = zip(grace.messages(), linus.messages(), strict=True)
    if differ := next((pair for pair in pairs if pair[0] != pair[1]), None):
        stage.fail("the same line at the same place", f"{differ[0]!r} and {differ[1]!r}")
