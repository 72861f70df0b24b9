"""The conversation where the terminal cannot be asked for single keys (Windows): it is plain, and says so.

Arriving lines are printed by the reading thread as they come, also into the middle of what is being typed,
and that the server has gone is noticed with the next line that is entered.
"""

import sys
from collections.abc import Callable
from contextlib import suppress

from chatkit.client import ChatClient
from chatkit.messages import Message
from chatkit.outgoing import leaves


def talk_plainly(client: ChatClient, as_line: Callable[[Message], str]) -> None:
    """Send each line of standard input until it ends; raise the `ChatError` that ended it."""

    def show(message: Message | None) -> None:
        if message:
            with suppress(OSError):  # nobody reads any more
                print(as_line(message), flush=True)

    client.subscribe(show)
    for line in sys.stdin or ():
        if leaves(line):
            break
        if line.strip():
            client.enter(line.rstrip("\r\n"))
    client.quit()
