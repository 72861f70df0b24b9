"""Budget Chat to the letter: coming in, names, and who is told of it (Protohackers, problem 3).

Words are free: only the first character of a line and the names in it count.
"""

from string import ascii_lowercase, ascii_uppercase, digits

from chatkit.check.actor import Actor
from chatkit.check.listener import holds
from chatkit.check.participant import WAIT
from chatkit.check.promise import Level, promise
from chatkit.check.stage import Stage

SPEC = Level.SPEC


@promise(SPEC, about="whoever has given a name is told who is there, even if nobody is", lesson=4)
def the_first_one_in_is_told_that_nobody_is_there(stage: Stage) -> None:
    """Whoever joins an empty room hears a line that begins with * as well."""
    (ada,) = stage.joined("ada")
    _hears_the_list(stage, ada)


@promise(SPEC, about="the newcomer is sent the names of those who joined before", lesson=4)
def a_newcomer_is_told_who_is_there(stage: Stage) -> None:
    """A newcomer hears one line that begins with * and holds the names of all who have joined."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    _hears_the_list(stage, linus)
    for other in (ada, grace):
        stage.step(f"that line holds the name {other}", action=False)
        if not holds(linus.roster, other.name):
            stage.fail(f"the name {other} in the list of names", linus.seen())


@promise(SPEC, about="write the list before the newcomer is put into it", lesson=4)
def the_list_leaves_out_the_newcomer(stage: Stage) -> None:
    """The list of names that a newcomer hears does not hold its own name."""
    _, grace = stage.joined("ada", "grace")
    stage.step(f"{grace}'s list of names does not hold {grace}", action=False)
    if holds(grace.roster, grace.name):
        stage.fail("only the names of the others", repr(grace.roster))


@promise(SPEC, about="joining is told to all members but the newcomer", lesson=4)
def everybody_else_hears_that_somebody_came(stage: Stage) -> None:
    """Everybody else who has joined hears a line that begins with * and holds the newcomer's name."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    ada.hears_that_came(grace)
    ada.hears_that_came(linus)
    grace.hears_that_came(linus)


@promise(SPEC, about="joining is told to all members but the newcomer", lesson=4)
def nobody_is_told_of_their_own_coming(stage: Stage) -> None:
    """A newcomer is not told of its own coming."""
    ada, grace = stage.joined("ada", "grace")
    stage.catch_up(ada, grace)
    stage.step(f"{grace} has heard nothing of {grace}", action=False)
    if grace.about(grace):
        stage.fail(f"no line that begins with * and holds {grace}", repr(grace.about(grace)[0]))


@promise(SPEC, about="only who has joined is in the list that messages go to", lesson=4)
def who_has_no_name_yet_hears_nothing(stage: Stage) -> None:
    """A client that has not joined hears nothing of what goes on in the room."""
    ada, grace = stage.joined("ada", "grace")
    stranger = stage.stranger()
    ada.says("between us")
    grace.hears(ada, "between us")
    linus = stage.joined("linus")[0]
    stranger.joins()
    stage.step("the stranger has heard nothing before its list of names", action=False)
    before = stranger.lines[: stranger.since - bool(stranger.roster)]
    overheard = [line for line in before if "between us" in line or holds(line, linus.name)]
    if overheard:
        stage.fail("nothing but the question for a name", repr(overheard[0]))


@promise(SPEC, about="who never joined cannot leave: announce only members", lesson=4)
def who_never_joined_is_never_mentioned(stage: Stage) -> None:
    """When somebody leaves without having given a name, nobody hears of it."""
    ada, grace = stage.joined("ada", "grace")
    stage.catch_up(ada, grace)
    before = len(ada.star_lines())
    stranger = stage.stranger()
    stranger.leaves()
    stage.catch_up(grace, ada)
    _heard_no_more(stage, ada, before)


@promise(SPEC, about="refuse a name in one place, before anybody hears of it", lesson=11)
def a_name_with_other_characters_is_refused(stage: Stage) -> None:
    """Who gives a name that is not made of ASCII letters and digits is hung up on."""
    stage.joined("ada")
    for name in ("ada!", "ada lovelace", "[ada]", "a_da"):
        _is_refused(stage, name)


@promise(SPEC, about="all() of nothing is true: check the length as well", lesson=11)
def an_empty_name_is_refused(stage: Stage) -> None:
    """Who gives an empty name is hung up on."""
    stage.joined("ada")
    _is_refused(stage, "")


@promise(SPEC, about="refuse a name in one place, before anybody hears of it", lesson=11)
def a_refused_name_is_never_mentioned(stage: Stage) -> None:
    """When a name is refused, nobody else hears of it."""
    ada, grace = stage.joined("ada", "grace")
    stage.catch_up(ada, grace)
    before = len(ada.star_lines())
    for name in ("ada!", "a b"):
        stranger = stage.stranger()
        stranger.gives_name(name)
        stranger.stage.wait(lambda who=stranger: bool(who.ended), WAIT)  # type: ignore[misc]
        stranger.leaves()
    stage.catch_up(grace, ada)
    _heard_no_more(stage, ada, before)


@promise(SPEC, about="a name may have 16 characters; mind the newline when you cut or count", lesson=11)
def a_name_may_have_sixteen_characters(stage: Stage) -> None:
    """A name of 16 characters is taken, and stays whole."""
    (ada,) = stage.joined("ada")
    _joins_whole(stage, ada, stage.room.unused("grace") + "Z" * 16)


@promise(SPEC, about="a name is one or more of A-Z, a-z and 0-9", lesson=11)
def a_name_may_be_any_letters_and_digits(stage: Stage) -> None:
    """Capitals, small letters and digits are all good for a name, and one character is enough."""
    (ada,) = stage.joined("ada")
    for start in range(0, 62, 11):
        _joins_whole(stage, ada, "Aa0" + (ascii_lowercase + ascii_uppercase + digits)[start : start + 11])
    if not stage.room.foreign:  # there somebody may have it
        _joins_whole(stage, ada, "x")


@promise(SPEC, about="a name may be refused or shared, but who is in must be in", lesson=8)
def a_second_holder_of_a_name_is_in_or_out(stage: Stage) -> None:
    """Who gives a name that is in use is either refused, or let in and heard like anybody else."""
    ada, grace = stage.joined("ada", "grace")
    twin = stage.stranger()
    stage.step(f"the stranger gives the name {ada}")
    twin.gives_name(ada.name)
    stage.wait(lambda: bool(twin.ended or twin.roster), WAIT)
    stage.wait(lambda: bool(twin.ended), 1.0)  # a server may take a second to choose
    if not twin.ended:
        twin.name = ada.name
        twin.says("two of us")
        grace.hears(twin, "two of us")
        stage.note("two people may have the same name at the same time")
    ada.says("one of us")
    grace.hears(ada, "one of us")


@promise(SPEC, about="str.isalnum() is true of letters of every alphabet; Budget Chat means ASCII", lesson=11)
def a_name_with_an_accent_is_refused(stage: Stage) -> None:
    """Who gives a name with a letter outside ASCII is hung up on."""
    stage.joined("ada")
    _is_refused(stage, "zo\u00e9")


def _hears_the_list(stage: Stage, actor: Actor) -> None:
    stage.step(f"{actor} hears a line that begins with *", action=False)
    actor.expect(lambda: bool(actor.roster), "a line that begins with *")


def _is_refused(stage: Stage, name: str) -> None:
    stranger = stage.stranger()
    stage.step(f"the stranger gives the name {name!r}")
    stranger.gives_name(name)
    stranger.is_hung_up_on()


def _joins_whole(stage: Stage, ada: Actor, name: str) -> None:
    guest = stage.connected("guest")
    guest.name = name[:16]
    guest.joins()
    text = f"I am {guest}"
    guest.says(text)
    ada.hears(guest, text)


def _heard_no_more(stage: Stage, ada: Actor, before: int) -> None:
    stage.step(f"{ada} has heard nothing of it", action=False)
    if len(ada.star_lines()) > before:
        stage.fail("no line that begins with *", repr(ada.star_lines()[before]))
