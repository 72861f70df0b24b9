"""The server of a soak, in a process of its own: it says its port, and for each line how it stands."""

import json
import os
import resource
import sys
import threading
from pathlib import Path

from chatkit import ChatServer, Limits


def reading(server: ChatServer) -> dict[str, int]:
    """Return what the process holds; memory and what waits for clients in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "memory": pages * resource.getpagesize(),
        "threads": threading.active_count(),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "clients": len(server.outboxes),
        "queued": sum(server.outboxes.values()),
    }


def main(engine: str) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with ChatServer(port=0, engine=engine, limits=Limits(stalled=1 << 17, stall_time=2.0)) as server:
        print(server.address[1], flush=True)
        for _ in sys.stdin:
            print(json.dumps(reading(server)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
