"""What a process shows: processor time, sockets left behind, and whether it ends when it is asked to.

Only where the server was started by the check, and on Linux; elsewhere these are "not measured".
"""

import signal

from chatkit.check import measure
from chatkit.check.process import Process, is_listening
from chatkit.check.promise import Level, NotMeasured, promise
from chatkit.check.stage import Stage

STURDY = Level.STURDY
RUNS, BUSY = 0.01, 0.5  # of a core: what rests wakes up now and then, what spins wants to run all the time
ENDS_WITHIN = 5.0  # seconds


@promise(STURDY, about="wait in accept, recv or select; do not ask again and again", lesson=3, measured=True)
def a_quiet_room_rests(stage: Stage) -> None:
    """While two people are there and say nothing, the server uses no core."""
    process = stage.process
    stage.joined("ada", "grace")
    _rests(stage, process)


@promise(
    STURDY,
    about="an empty read comes back at once, again and again: leave the loop at the first",
    lesson=5,
    measured=True,
)
def a_goodbye_leaves_no_loop_behind(stage: Stage) -> None:
    """After somebody has left politely (FIN), and somebody else has half-closed, the server rests."""
    process = stage.process
    _, _, linus, guest = stage.joined("ada", "grace", "linus", "guest")
    linus.leaves()
    guest.half_closes()
    _rests(stage, process)


@promise(STURDY, about="a handler must end after an error too", lesson=7, measured=True)
def a_reset_leaves_no_loop_behind(stage: Stage) -> None:
    """After somebody was reset (RST), the server rests."""
    process = stage.process
    _, _, linus = stage.joined("ada", "grace", "linus")
    linus.resets()
    _rests(stage, process)


@promise(
    STURDY, about="close every socket that you have accepted, however it ended", lesson=10, measured=True
)
def visitors_leave_no_sockets_behind(stage: Stage) -> None:
    """After 40 visitors have come and gone, the server holds no more sockets than before."""
    process = stage.process
    stage.joined("ada", "grace")
    sockets, threads = measure.sockets(process.pid), measure.threads(process.pid)
    with stage.scene("40 visitors join, and leave by FIN or by RST"):
        guests = stage.joined(*["guest"] * 40)
        stage.all_leave(guests[:20], politely=True)
        stage.all_leave(guests[20:], politely=False)
    stage.step("the server gives their sockets back", action=False)
    if not stage.wait(lambda: measure.sockets(process.pid) <= sockets + 10, 2 * ENDS_WITHIN):
        stage.fail(f"about {sockets} sockets again", f"{measure.sockets(process.pid)} sockets")
    if not stage.wait(lambda: measure.threads(process.pid) <= threads + 10, 1.0):
        stage.note(f"{measure.threads(process.pid) - threads} threads more than before the visitors came")


@promise(STURDY, about="close the listening socket, and end what waits in threads", lesson=10, measured=True)
def it_ends_and_frees_its_port(stage: Stage) -> None:
    """Asked to end (SIGTERM) while people are there, it ends, and nobody listens on its port."""
    _ends_on(stage, signal.SIGTERM, "SIGTERM")


@promise(
    STURDY, about="threads that wait for members keep a process alive: wake them", lesson=10, measured=True
)
def ctrl_c_ends_it(stage: Stage) -> None:
    """Ctrl-C (SIGINT) ends it, even while people are there."""
    _ends_on(stage, signal.SIGINT, "SIGINT")


def _rests(stage: Stage, process: Process) -> None:
    """Expect one quiet second out of five: a server that logs may still be busy in the first.

    A busy machine lets what rests wait for a core, too: that has then run next to never, in all of the five.
    What spins may have had none in any one of them.
    """
    stage.step("the server rests: it uses next to no processor time", action=False)
    used = measure.cpu_seconds(process.pid)
    for _ in range(5):
        wanted = measure.wants_seconds(process.pid)
        stage.wait(lambda: False, 1.0 / stage.patience)
        if measure.wants_seconds(process.pid) - wanted < BUSY:
            return
    if measure.cpu_seconds(process.pid) - used >= 5 * RUNS:
        stage.fail(
            "a second with next to no work", "a server that wants a core all the time, though nobody speaks"
        )


def _ends_on(stage: Stage, number: signal.Signals, word: str) -> None:
    process = stage.process
    if not process.stoppable:
        raise NotMeasured("a plain function is ended from outside: how it ends is not its own doing")
    ada, grace = stage.joined("ada", "grace")
    stage.catch_up(ada, grace)
    stage.step(f"the server gets {word}")
    process.signal(number)
    stage.step("it ends", action=False)
    if not stage.wait(lambda: process.status() is not None, ENDS_WITHIN):
        stage.fail(f"the end of the process within {ENDS_WITHIN:g} s", "a process that lives on")
    stage.step("nobody listens on its port", action=False)
    if is_listening(stage.room.address[1]):
        stage.fail("a free port", "something that still listens there")
