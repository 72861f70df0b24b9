"""Which threads of this process work for a server, and for which of its clients.

A thread is a server's if it was started with the server, with one of its sockets, or with an object that has
one as an attribute; or if the meter has seen it call recv, send or accept on one. No variable is read.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from types import FrameType
from typing import Any

from chatkit.check.frames import frames
from chatkit.lab import kernel
from chatkit.lab.board_seen import Work, Worker
from chatkit.lab.kernel import Peer
from chatkit.lab.meter import METER, Count, Tally, ends
from chatkit.lab.places import RECV, SEND, Place, place


def workers(server: object, port: int) -> tuple[Worker, ...]:
    """Return the threads that work for `server`, whose sockets have this port."""
    tallies, standing = METER.tallies(), frames()
    standing.pop(threading.get_ident(), None)  # our own would hold itself, and with it all that others hold
    found = []
    for thread in threading.enumerate():
        if frame := standing.get(thread.ident or 0):
            tally = tallies.get(thread.ident or 0, Tally())
            found.append(_worker(thread, frame, tally, server, port))
    return tuple(worker for worker in found if worker)


def _worker(
    thread: threading.Thread, frame: FrameType, tally: Tally, server: object, port: int
) -> Worker | None:
    things = list(_started_with(thread))
    own = any(thing is server for thing in things)
    counts = [count for count in list(tally.counts.values()) if count.port == port]
    given = next(filter(None, (_sockets(thing, port) for thing in things)), [])
    if not (own or counts or given):
        return None
    at, now = place(frame, METER.codes), tally.now
    loops = [count.loop for count in counts if count.loop]
    if loops and at.call in ("", RECV):
        at = Place(RECV, loops[-1])
    listens = any(map(_listens, given))
    alive = next(filter(None, (ends(sock)[1] for sock in given)), None)
    home = alive or (None if listens or (own and not given) else _only_client(counts))
    accepts = sum(count.accepts for count in counts if count.waits)
    reads_one = home and at.call == RECV
    is_known = now and frame.f_code in METER.codes and now.port == port
    return Worker(
        number=thread.native_id or 0,
        name=thread.name,
        home=home,
        listens=home is None and (accepts > 0 or listens),
        place=at,
        loops=bool(loops),
        on=now.peer if now and is_known and at.call in (RECV, SEND) else home if reads_one else None,
        calls=sum(count.calls for count in counts),
        accepts=accepts,
        done=tally.done,
        work={count.peer: Work(count.reads, count.empty, count.failed) for count in counts if count.peer},
        hunger=kernel.hunger(os.getpid(), thread.native_id or 0),
    )


def _listens(sock: socket.socket) -> bool:
    """Say whether a socket is a listening one, and not one whose connection is over."""
    with suppress(OSError):
        return bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    return False


def _only_client(counts: list[Count]) -> Peer | None:
    """Return the client that a thread reads from, if it waits for that one and no other."""
    if any(count.accepts for count in counts):
        return None
    peers = {count.peer for count in counts if count.reads and count.waits}
    return peers.pop() if len(peers) == 1 else None


def _started_with(thread: threading.Thread) -> Iterator[Any]:
    """Yield what a thread was given when it was made: arguments first, since they say most."""
    target = getattr(thread, "_target", None)  # Thread has no public word for these two
    yield from getattr(thread, "_args", ())
    yield getattr(target, "__self__", None)
    yield thread


def _attributes(thing: object) -> list[object]:
    """Return the values of a thing's attributes, those in slots too."""
    slots = [name for kind in type(thing).__mro__ for name in vars(kind).get("__slots__", ())]
    named = getattr(thing, "__dict__", {})
    return [*named.values(), *(getattr(thing, name, None) for name in slots if name != "__dict__")]


def _sockets(thing: Any, port: int) -> list[socket.socket]:
    """Return the sockets of this port that something is, or has as attributes."""
    parts = (thing, *_attributes(thing))
    return [each for each in parts if isinstance(each, socket.socket) and ends(each)[0] == port]
