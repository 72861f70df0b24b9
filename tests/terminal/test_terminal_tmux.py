"""The real thing in real terminals: what a person sees, and how they leave it behind."""

import json
import os
import shutil
import signal
import sys

import pytest
from helm import people, room
from program import CHATKIT, Program
from talker import Talker, eventually, free_port
from tmux import Terminals

from chatkit.panes import ChatPane

pytestmark = [
    pytest.mark.skipif(not shutil.which("tmux") and "CI" not in os.environ, reason="there is no tmux"),
    pytest.mark.usefixtures("nothing_left"),
]

SHELL = ["bash", "--norc", "--noprofile"]
COMMAND = " ".join(CHATKIT)


@pytest.fixture
def terminals():
    """Windows that end with the test."""
    opened = Terminals()
    yield opened
    opened.close()


@pytest.fixture
def linus():
    with room() as server, people(server, "linus") as (talker,):
        talker.server = server
        yield talker


def join(terminals, server, name, size=(80, 24)):
    host, port = server.address
    return terminals.open(name, *CHATKIT, "join", host, port, name, size=size)


@pytest.mark.parametrize("size", [(80, 24), (40, 10)], ids=["80x24", "40x10"])
def test_a_conversation_on_a_real_screen(terminals, linus, size):
    ada = join(terminals, linus.server, "ada", size)
    linus.hears("* ada has entered the room")
    ada.sees("2 here", "ada>", "^c Leave")
    ada.enters("h\u00e9llo, \u65e5\u672c")
    linus.hears("[ada] h\u00e9llo, \u65e5\u672c")
    linus.says("\x1b[2J\x1b[H\x1b]0;x\x07 \u65e5\u672c", "* eve has entered the room")
    screen = ada.sees(
        "> ada: h\u00e9llo, \u65e5\u672c", "[H\ufffd]0;x\ufffd \u65e5\u672c", "linus: * eve"
    ).splitlines()
    assert len(screen) == size[1]
    assert screen[0].startswith(" \u25cf ada")  # nothing has cleared the screen or moved the cursor
    assert screen[-1].startswith("^c Leave")
    ada.types("half a line")
    ada.sees("ada> half a line")
    assert ada.cursor[1] == size[1] - 2
    ada.resize(60, 15)
    ada.sees("ada> half a line", "\u2502")  # the roster is back


def test_keys_that_come_all_at_once_keep_their_order(terminals, linus):
    """As over a slow line: the kernel hands them to the app in one piece."""
    ada = join(terminals, linus.server, "ada")
    linus.hears("* ada has entered the room")
    ada.sees("2 here")
    ada.types("one\rtwo\rno\x15three\rfour")
    linus.hears("[ada] one", "[ada] two", "[ada] three")
    ada.sees("ada> four")


def test_ctrl_c_leaves_the_terminal_as_it_was(terminals, linus):
    host, port = linus.server.address
    ada = terminals.open("ada", *SHELL)
    ada.enters("PS1='$ '; clear; stty -a > before; cd .".replace("before", str(terminals.folder / "before")))
    after = terminals.folder / "after"
    ada.enters(f"{COMMAND} join {host} {port} ada; status=$?; stty -a > {after}; echo status $status")
    linus.hears("* ada has entered the room")
    ada.sees("2 here")
    ada.types("not sent", "C-c")
    linus.hears("* ada has left the room")
    screen = ada.sees("status 0")
    assert "2 here" not in screen  # the shell's own screen is back
    assert "Traceback" not in screen
    assert (terminals.folder / "before").read_text() == after.read_text()
    assert json.loads((terminals.folder / "chatkit/last.json").read_text())["name"] == "ada"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=["TERM", "HUP", "INT"])
def test_a_signal_leaves_in_good_order(terminals, linus, number):
    host, port = linus.server.address
    ada = terminals.open("ada", *SHELL)
    pid, script = terminals.folder / "pid", terminals.folder / "start.py"
    command = [*CHATKIT, "join", host, str(port), "ada"]
    script.write_text(
        f"import os; open({str(pid)!r}, 'w').write(str(os.getpid())); os.execv({sys.executable!r}, {command})"
    )
    ada.enters(f"{sys.executable} {script}; echo status $?")
    linus.hears("* ada has entered the room")
    ada.sees("2 here")
    os.kill(int(pid.read_text()), number)
    linus.hears("* ada has left the room")
    assert "Traceback" not in ada.sees("status 0")


def test_a_window_that_is_closed_leaves_in_good_order(terminals, linus):
    join(terminals, linus.server, "ada").sees("2 here")
    linus.hears("* ada has entered the room")
    terminals.tmux("kill-session", "-t", "ada")
    linus.hears("* ada has left the room")


def test_what_was_typed_and_never_sent_is_printed_at_the_end(terminals):
    ada = terminals.open("ada", *SHELL)
    ada.enters(f"{COMMAND} join 127.0.0.1 1 ada; echo status $?")
    ada.sees("Nothing listens at")
    ada.enters("for nobody")
    ada.sees("1 line kept")
    ada.types("", "C-c")
    ada.sees("! this was not sent: for nobody", "nothing listens at 127.0.0.1 port 1", "status 1")


@pytest.mark.parametrize("how", ["--plain", "TERM=dumb", "without Textual"])
def test_the_line_client_where_the_screen_is_not_wanted_or_cannot_be_had(terminals, linus, how):
    host, port = linus.server.address
    command = [*CHATKIT, "join", host, str(port), "ada"]
    if how == "TERM=dumb":
        command = ["env", how, *command]
    elif how == "--plain":
        command.append(how)
    else:
        (terminals.folder / "textual.py").write_text("raise ModuleNotFoundError('no', name='textual')")
        path = f"PYTHONPATH={terminals.folder}:{terminals.environment['PYTHONPATH']}"
        command = ["env", path, *command]
    ada = terminals.open("ada", *command)
    linus.hears("* ada has entered the room")
    screen = ada.sees("* The room contains: linus")
    assert screen.count("needs Textual") == (how == "without Textual")
    ada.enters("hello")
    linus.hears("[ada] hello")


def test_without_colours_nothing_is_coloured(terminals, linus):
    host, port = linus.server.address
    ada = terminals.open("ada", *CHATKIT, "join", host, port, "ada", "--no-color")
    linus.hears("* ada has entered the room")
    linus.says("hello")
    ada.sees("linus: hello")
    coloured = terminals.tmux("capture-pane", "-p", "-e", "-t", "ada")
    shades = {part.split("m")[0] for part in coloured.split("\x1b[")[1:] if "m" in part}
    numbers = [shade.split(";") for shade in shades]
    for shade in numbers:
        if shade[0] in ("38", "48") and shade[1] == "2":
            assert shade[2] == shade[3] == shade[4], f"a colour: {shade}"
        assert not {"31", "32", "33", "34", "35", "36"} & {shade[0]}


def test_the_hosts_view_serves_and_kicks_and_ends(terminals):
    host = terminals.open("host", *SHELL)
    host.enters(f"{COMMAND} serve 0 --tui; echo status $?")
    address = host.sees("127.0.0.1:", "0 here").split()[1]
    ada = Talker(tuple_of(address), "ada")
    host.sees("1 here", "ada")
    host.types("", "k")
    host.sees("Kick ada?")
    host.types("", "Enter")
    ada.hears_an_error("removed by the host")
    ada.hears_the_end()
    ada.socket.close()
    host.sees("(removed by the host)", "0 here")
    host.types("", "C-c")
    assert "Traceback" not in host.sees("status 0")


def tuple_of(address):
    host, _, port = address.rpartition(":")
    return host, int(port)


def test_two_windows_one_netcat_and_one_pane_talk_through_a_restart(terminals):
    """What this part of chatkit is for: nobody loses a line that was typed, whenever it was."""
    port = free_port()
    first = Program("serve", port)
    first.prints_until("listening")
    address = type("Address", (), {"address": ("127.0.0.1", port)})
    pane = netcat = second = None
    try:
        ada, grace = (join(terminals, address, name) for name in ("ada", "grace"))
        ada.sees("2 here")
        grace.sees("2 here")
        pane = ChatPane("127.0.0.1", port, "linus")
        netcat = terminals.open("netcat", *SHELL)
        netcat.enters(f"PS1='shell: '; nc 127.0.0.1 {port}")
        netcat.sees("What shall I call you?")
        netcat.enters("bob")
        ada.sees("4 here")
        ada.enters("one, from ada")
        grace.enters("two, from grace")
        pane.enter("three, from linus")
        netcat.enters("four, from bob")
        words = ("one, from ada", "two, from grace", "three, from linus", "four, from bob")
        for window in (ada, grace):
            window.sees(*words)
        netcat.sees(*words[:3])
        eventually(lambda: all(word in pane.text for word in words))
        first.process.kill()  # no goodbye, and in the middle of it
        ada.sees("not connected")
        ada.enters("five, typed while nobody served", "six, too")
        grace.sees("not connected")
        grace.types("seven, half ty")
        netcat.types("", "C-c")
        netcat.sees("\nshell:")
        second = Program("serve", port)
        second.prints_until("listening")
        for window in (ada, grace):  # each waits a while for the other, and no longer: they try at once
            window.types("", "F5")
        grace.types("ped in between", "Enter")
        netcat = terminals.open("netcat again", *SHELL)  # with nothing on its screen from before
        netcat.enters(f"nc 127.0.0.1 {port}")
        netcat.sees("What shall I call you?")  # what is typed before nc runs is no line to it
        netcat.enters("bob")
        pane.join()
        between = ("five, typed while nobody served", "six, too", "seven, half typed in between")
        for window in (ada, grace):
            window.sees(*between)  # said by one, heard by the other
        ada.enters("eight, from ada")
        grace.enters("nine, from grace")
        pane.enter("ten, from linus")
        netcat.sees("* The room contains:")
        netcat.enters("eleven, from bob")
        late = ("eight, from ada", "nine, from grace", "ten, from linus", "eleven, from bob")
        for window in (ada, grace):
            window.sees(*late)
        netcat.sees(*late[:3])
        eventually(lambda: all(word in pane.text for word in late))
    finally:
        for program in (first, second):
            if program:
                program.close()
        if pane:
            pane.leave()
            pane.close()
