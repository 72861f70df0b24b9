"""The command `chatkit join`: ask for what was not said, connect, hand over to the kind of talk that fits.

A person at a terminal is asked again after a bad answer; a script gets one sentence and an exit status.
"""

import argparse
import math
import os
import sys
from typing import Any, TextIO

from chatkit import ChatClient
from chatkit.cli.answers import WrongAnswer, no_more, read_address, to_name
from chatkit.cli.asking import ask_and_connect
from chatkit.cli.faces import full_screen, is_dumb, is_screen, is_terminal
from chatkit.cli.lines import as_json, painted
from chatkit.cli.rows import as_shown
from chatkit.server import HOST, PORT

EPILOG = """examples:
  chatkit join                       it asks for host, port and name
  chatkit join 127.0.0.1:55555 ada   or [::1]:5000 for IPv6
  printf 'hello\\n' | chatkit join 127.0.0.1 55555 bot
  chatkit join 127.0.0.1 55555 ear --json --wait inf </dev/null

At a terminal it is a full-screen app, if Textual is installed (the extra
`terminal`); F1 there tells the keys. Without it, or with --plain, what you
type stays in the last row, and what others say appears above it.

In a pipe, every line of the input is sent as if it were typed (/who asks,
//x says /x), and every message is printed as it came: [name] what was said,
* about the room, ! for you alone, ~ from before. At the end of the input it
listens for --wait more seconds, and leaves when all has been sent.

With --json every message is one object, such as
{"kind": "said", "name": "ada", "text": "hello", "at": "2026-11-22T12:01:05Z"}
"at" is when it came. The other fields depend on the kind:
  prompt      text                 the server's first words
  roster      names                who is there; you have joined
  joined      name
  left        name, reason         reason: only if it was no ordinary goodbye
  said        name, text
  notice      text                 other words about the room
  reply       text                 for you alone
  remembered  when, name, text     said before you came

Without colours: --no-color, or set NO_COLOR.

exit status: 0 left in good order, 1 the conversation failed (nobody answers,
name refused, server gone, a line not sent or perhaps not read), 2 wrong use,
130 Ctrl-C before you were in; 128 and the signal's number, if nobody reads
what is printed and it was told to end"""


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add the command `join`."""
    parser = subparsers.add_parser(
        "join",
        help="join a chat, as a person or in a pipe",
        usage="%(prog)s [HOST] [PORT] [NAME] [options]",
        description="Join a chat.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "words", nargs="*", metavar="HOST PORT NAME", help=f"where, and who you are ({HOST} {PORT})"
    )
    parser.add_argument("--json", action="store_true", help="print every message as one JSON object a line")
    parser.add_argument(
        "--wait",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="in a pipe: how long to listen after the end of the input (inf: until the server ends)",
    )
    screen = parser.add_argument_group("the full-screen app, at a terminal that has it")
    screen.add_argument(
        "--plain", action="store_true", help="the line client instead, also for screen readers"
    )
    screen.add_argument(
        "--timestamps", choices=["off", "HH:MM", "iso"], default="HH:MM", help="(%(default)s)"
    )
    screen.add_argument("--no-color", action="store_true", help="no colours; the same as NO_COLOR=1")
    screen.add_argument(
        "--no-remember", action="store_true", help="neither keep nor read where you were last"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Join, talk, and return the exit status; raise `WrongAnswer`, `ChatError`."""
    host, port, rest = read_address(options.words)
    name = to_name(rest[0]) if rest else None
    no_more(rest[1:])
    if options.no_color:
        os.environ["NO_COLOR"] = "1"
    is_person = not options.json and is_terminal(sys.stdin) and is_terminal(sys.stdout)
    if not options.json and not options.plain and is_screen() and (app := full_screen("join")):
        return int(app.talk(host, port, name, options.timestamps, not options.no_remember))
    if is_person:
        client = ask_and_connect(host, port, name)
    elif name is None:
        raise WrongAnswer(
            "a name is missing, and nobody can be asked here; write: chatkit join HOST PORT NAME"
        )
    else:
        client = ChatClient(host or HOST, PORT if port is None else port, name).connect()
    try:
        return _talk(client, options, is_person)
    finally:
        client.quit()


def _talk(client: ChatClient, options: argparse.Namespace, is_person: bool) -> int:
    """Hand over to the kind of talk that fits, and import only that: Windows lacks what others need."""
    if sys.platform == "win32":
        from chatkit.cli.plain import talk_plainly

        talk_plainly(client, as_json if options.json else str)
    elif is_person and not is_dumb():
        from chatkit.cli.typed import TypedChat

        TypedChat(client, str if os.environ.get("NO_COLOR") else painted).run()
    else:
        from chatkit.cli.piped import PipedChat

        source, target = _descriptor(sys.stdin), _descriptor(sys.stdout)
        as_line = as_json if options.json else lambda message: as_shown(str(message), sys.stdout)
        if not PipedChat(client, source, target, as_line, options.wait).run():
            return 1
    return 0


def _descriptor(stream: TextIO | None) -> int:
    """Return the stream's descriptor; if the stream was closed from the start, that of the null device."""
    return stream.fileno() if stream else os.open(os.devnull, os.O_RDWR)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not seconds >= 0:
        raise argparse.ArgumentTypeError(f"it must be a number of seconds, not {text!r}")
    return seconds
