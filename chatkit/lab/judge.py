"""What two looks at a server mean: a row for each socket and thread, with a verdict; a pure function.

An empty read says that the peer will never speak again. Nobody healthy asks on, so a loop is told by counting
those, and not by its speed: on a busy machine it is a loop still. A loop that reads nothing at all is told by
its hunger, in two looks: so hungry in one is also who collects garbage, or stands still on a core.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from chatkit.lab.board_row import Part, Row, Verdict, plain_thread
from chatkit.lab.board_seen import Seen, Work, Worker
from chatkit.lab.kernel import Peer, Socket
from chatkit.lab.places import ACCEPT, RECV, SEND, Place

MANY_FAILED, A_FEW = 1_000, 10  # calls, between two looks
A_CORE, SOME_OF_IT = 0.8, 0.2  # shares
ENOUGH_TO_DO_A_FEW = 0.02  # seconds on a core; who only waited for one on a busy machine has done nothing too
OVER = "CLOSED"  # RFC 9293's word for no connection at all; the kernel has forgotten it
NOBODY_HOLDS = ("ESTABLISHED", "CLOSE_WAIT", "SYN_RECV")  # who waits at the door is in one of these


class Judge:
    """Compare two looks, `before` and `now`."""

    def __init__(self, before: Seen, now: Seen) -> None:
        self.before, self.now = before, now
        self.seconds = max(now.at - before.at, 1e-3)
        self.earlier = {worker.number: worker for worker in before.workers}
        self.reads = _reads(before, now)
        self.queues_before, self.queues_now = _queues(before), _queues(now)
        self.free = sorted(now.workers, key=lambda each: (not self.spins(each), -each.accepts, each.number))

    def rows(self) -> tuple[Row, ...]:
        """Return the rows: who listens, the clients, then the threads that serve no client of their own."""
        sockets = [each for each in self.now.sockets if each.inode or each.state in NOBODY_HOLDS]
        listeners = [self._listener(each, self._take_listener()) for each in sockets if not each.peer]
        clients = [self._client(each, each.peer) for each in sockets if each.peer]
        return (*listeners, *clients, *map(self._thread, filter(self._is_shown, self._by_number())))

    # Threads

    def share(self, worker: Worker) -> float:
        """Return how much of a core a thread has wanted."""
        earlier = self.earlier.get(worker.number)
        return (worker.hunger.wanted - earlier.hunger.wanted) / self.seconds if earlier else 0.0

    def spins(self, worker: Worker) -> bool:
        """Say whether a thread runs round and round, and nothing comes of it."""
        if worker.loops and worker.place.call == RECV:
            return True
        failed = self._new(worker).failed >= MANY_FAILED > self._done(worker)
        return failed or (worker.number in self.before.hungry and self._is_hungry(worker))

    def hungry(self) -> frozenset[int]:
        """Return the threads, by number, that seem to have run for nothing since the last look."""
        return frozenset(worker.number for worker in self.now.workers if self._is_hungry(worker))

    def _is_hungry(self, worker: Worker) -> bool:
        deserted = not self.now.inside and any(each.state == "CLOSE_WAIT" for each in self.now.sockets)
        ran = worker.hunger.ran - self.earlier.get(worker.number, worker).hunger.ran
        if self._done(worker) >= A_FEW or ran < ENOUGH_TO_DO_A_FEW:
            return False
        return self.share(worker) >= (SOME_OF_IT if deserted else A_CORE)

    def _done(self, worker: Worker) -> int:
        return worker.done - self.earlier.get(worker.number, worker).done

    def is_still(self, worker: Worker) -> bool:
        """Say whether a thread stands where it stood at the last look."""
        then = self.earlier.get(worker.number)
        return then is not None and _standing(worker) == _standing(then)

    def _new(self, worker: Worker) -> Work:
        earlier = self.earlier.get(worker.number)
        return worker.total.since(earlier.total) if earlier else worker.total

    def _busy(self, worker: Worker) -> Verdict:
        if self.spins(worker):
            return Verdict.SPINS
        if worker.place.call == SEND and self.is_still(worker):
            return Verdict.STUCK
        waits = worker.place.call not in ("", SEND)
        return Verdict.WAITS if waits or self.share(worker) < 0.02 else Verdict.WORKS

    def _by_number(self) -> Iterable[Worker]:
        return sorted(self.free, key=lambda each: each.number)

    def _is_shown(self, worker: Worker) -> bool:
        """From outside a process shows all its threads: those that only sleep are left out."""
        alone = len(self.now.workers) == 1
        return self.now.inside or alone or worker.place.call in (SEND, "select") or self.share(worker) > 0.05

    def _thread(self, worker: Worker) -> Row:
        row = self._row(worker, Part.THREAD, plain_thread(worker.name), verdict=self._busy(worker))
        if not worker.home:
            return row
        who, is_named = self.now.who(worker.home), worker.home[1] in self.now.names
        return replace(row, part=Part.CLIENT, who=who, is_named=is_named, state=OVER)

    def _row(self, worker: Worker | None, part: Part, who: str, **more: Any) -> Row:
        """Return a row with what is known of its thread."""
        if not worker:
            return Row(who, part, **more)
        whom = self.now.who(worker.on) if worker.on and worker.on != worker.home else ""
        rate = self._new(worker).reads / self.seconds if self.now.inside else None
        about = {"call": worker.place.call, "where": worker.place.where, "whom": whom, "recv_rate": rate}
        return Row(who, part, **about | {"core": self.share(worker)} | more)

    # Sockets

    def _take_listener(self) -> Worker | None:
        return self._take(each for each in self.free if each.listens)

    def _take(self, workers: Iterable[Worker]) -> Worker | None:
        worker = next(iter(workers), None)
        if worker:
            self.free.remove(worker)
        return worker

    def _listener(self, sock: Socket, worker: Worker | None) -> Row:
        verdict = self._busy(worker) if worker else Verdict.QUIET
        elsewhere = worker and worker.place.call not in ("", ACCEPT, "select") and self.is_still(worker)
        if elsewhere and verdict is Verdict.WAITS:
            verdict = Verdict.HELD_UP
        return self._row(worker, Part.LISTENER, "listener", state=sock.state, verdict=verdict)

    def _client(self, sock: Socket, peer: Peer) -> Row:
        worker = self._take(each for each in self.free if each.home == peer)
        return self._row(
            worker,
            Part.CLIENT,
            self.now.who(peer),
            state=sock.state,
            recv_rate=self._rate(peer),
            unread=sock.unread,
            unsent=sock.unsent,
            outbox=self.now.outboxes.get(peer),
            verdict=self._verdict(sock, peer, worker),
            is_named=peer[1] in self.now.names,
        )

    def _rate(self, peer: Peer) -> float | None:
        """Return how often a second any thread has called recv for this client."""
        return max(0, self.reads.get(peer, 0)) / self.seconds if self.now.inside else None

    def _verdict(self, sock: Socket, peer: Peer, worker: Worker | None) -> Verdict:
        busy = self._busy(worker) if worker else Verdict.QUIET
        if busy in (Verdict.SPINS, Verdict.STUCK):
            return busy
        if sock.inode == 0:
            return Verdict.NOT_LET_IN
        if sock.state == "CLOSE_WAIT":
            return Verdict.GOODBYE
        before, now = self.queues_before.get(peer, _Queues()), self.queues_now[peer]
        if before.unsent and now.unsent >= before.unsent:
            return Verdict.DOES_NOT_READ
        return Verdict.NOT_HEARD if before.unread and now.unread and not self._rate(peer) else busy


class _Queues(NamedTuple):
    unread: int = 0
    unsent: int = 0  # in the outbox too


def _queues(seen: Seen) -> dict[Peer, _Queues]:
    return {
        each.peer: _Queues(each.unread or 0, (each.unsent or 0) + seen.outboxes.get(each.peer, 0))
        for each in seen.sockets
        if each.peer
    }


def _reads(before: Seen, now: Seen) -> Counter[Peer]:
    """Return how often recv was called for each client between two looks."""
    reads: Counter[Peer] = Counter()
    for seen, sign in (now, 1), (before, -1):
        for worker in seen.workers:
            reads.update({peer: sign * work.reads for peer, work in worker.work.items()})
    return reads


def _standing(worker: Worker) -> tuple[Place, int, Work]:
    return worker.place, worker.calls, worker.total
