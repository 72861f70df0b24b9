"""`python3 -m chatkit.specimens NAME HOST PORT`: one specimen as a process, until a signal ends it."""

import signal
import sys
from contextlib import suppress
from typing import NoReturn

from chatkit.server import ChatServer
from chatkit.specimens import NAMES, specimen, specimens


def main(words: list[str]) -> int:
    """Serve; without a name, list the specimens."""
    if len(words) != 3 or words[0] not in NAMES or not words[2].isdecimal():
        print("python3 -m chatkit.specimens NAME HOST PORT; the names are:", file=sys.stderr)
        for each in specimens():
            print(f"  {each.name:<22} {each.cause}", file=sys.stderr)
        return 2
    server = specimen(words[0]).server(words[1], int(words[2]))
    if isinstance(server, ChatServer):  # the naive one knows nothing of signals: Python does what it does
        signal.signal(signal.SIGTERM, _interrupt)
        with suppress(KeyboardInterrupt), server:
            server.serve_forever()
    else:
        server.serve_forever()
    return 0


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
