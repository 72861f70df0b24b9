"""What chatkit promises beyond the spec, and asks of nobody else: the commands, and how it ends."""

import signal

from chatkit.check.promise import Level, NotMeasured, promise
from chatkit.check.stage import Stage

CHATKIT = Level.CHATKIT
COMMANDS = "a line that begins with / is for the server, and nobody else hears it"


@promise(CHATKIT, about=COMMANDS, lesson=4)
def who_lists_the_members(stage: Stage) -> None:
    """/who is answered with one line that begins with ! and holds all names, and nobody else hears it."""
    ada, grace = stage.joined("ada", "grace")
    ada.says("/who")
    ada.hears_reply(ada.name, grace.name)
    stage.catch_up(ada, grace)
    stage.step(f"{grace} has not heard the command", action=False)
    if any("/who" in line for line in grace.lines):
        stage.fail("no line with /who", "the command as a message")


@promise(CHATKIT, about=COMMANDS, lesson=4)
def help_tells_the_commands(stage: Stage) -> None:
    """/help, and a command that does not exist, are answered with the list of commands."""
    (ada,) = stage.joined("ada")
    for command in ("/help", "/dance"):
        heard = len(ada.lines)
        ada.says(command)
        ada.expect(lambda n=heard: any("/quit" in line for line in ada.lines[n:]), "a ! line with /quit")  # type: ignore[misc]
    ada.hears_reply("/who", "/help", "/quit")


@promise(CHATKIT, about=COMMANDS, lesson=4)
def quit_is_a_goodbye(stage: Stage) -> None:
    """After /quit the server hangs up, and the others hear an ordinary goodbye."""
    ada, linus = stage.joined("ada", "linus")
    linus.says("/quit")
    linus.is_hung_up_on()
    ada.hears_line(f"* {linus} has left the room")


@promise(CHATKIT, about="an escape lets people say everything", lesson=4)
def a_double_slash_says_a_line_with_a_slash(stage: Stage) -> None:
    """//x says the line /x."""
    ada, grace = stage.joined("ada", "grace")
    ada.says("//usr/share is no command")
    grace.hears(ada, "/usr/share is no command")


@promise(CHATKIT, about="what is queued goes first, then the goodbye", lesson=10, measured=True)
def it_says_goodbye_when_it_ends(stage: Stage) -> None:
    """Asked to end (SIGTERM), it tells everybody in a line that begins with !, and hangs up."""
    process = stage.process
    if not process.stoppable:
        raise NotMeasured("a plain function is ended from outside")
    ada, grace = stage.joined("ada", "grace")
    stage.step("the server gets SIGTERM")
    process.signal(signal.SIGTERM)
    for actor in (ada, grace):
        actor.is_told_off("stopping")
    stage.wait(lambda: process.status() is not None, 5.0)
    stage.step("it ends with status 0", action=False)
    if process.status() != 0:
        stage.fail("exit status 0", f"exit status {process.status()}")
