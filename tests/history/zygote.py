"""A program that has chatkit imported already, and starts a server in a copy of itself each time it is asked.

It reads `ENGINE FILE` on each line, and answers `PID PORT`: to start Python for each would take far longer.
"""

import os
import signal
import sys
import threading

from chatkit import ChatServer
from chatkit.history import History


def main():
    """Answer each line; children end by SIGKILL, or with this program."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody has to wait for them
    for line in sys.stdin:
        engine, path = line.split(maxsplit=1)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            server = ChatServer(port=0, engine=engine, history=History(path.strip())).start()
            os.write(writing, b"%d" % server.address[1])
            os.close(writing)
            threading.Event().wait(600)
            os._exit(1)
        os.close(writing)
        port = os.read(reading, 10).decode()
        os.close(reading)
        print(child, port, flush=True)


if __name__ == "__main__":
    main()
