"""The threads of a server that is another process, as far as the kernel shows them from outside.

Of a thread that waits it may be seen in which call, and on which descriptor; of one that runs, only how much.
"""

from collections.abc import Iterable
from dataclasses import replace

from chatkit.lab import kernel
from chatkit.lab.board_seen import Worker
from chatkit.lab.kernel import Peer, Socket, Task
from chatkit.lab.places import ACCEPT, RECV, Place


def workers(pids: list[int], sockets: Iterable[Socket], before: Iterable[Worker]) -> tuple[Worker, ...]:
    """Return the threads of these processes; whom a thread served `before`, it serves still."""
    peers = {each.inode: each.peer for each in sockets if each.inode > 0}
    held = kernel.inodes(pids)
    known = {worker.number: worker for worker in before}
    found = []
    for pid in pids:
        for task in kernel.tasks(pid):
            worker = _worker(task, peers.get(held.get((pid, task.descriptor), 0)))
            found.append(_as_before(worker, known.get(worker.number), set(peers.values())))
    return tuple(found)


def _worker(task: Task, peer: Peer | None) -> Worker:
    return Worker(
        number=task.number,
        name=task.name,
        home=peer if task.call == RECV else None,
        listens=task.call == ACCEPT,
        place=Place(task.call),
        on=peer,
        hunger=task.hunger,
    )


def _as_before(worker: Worker, before: Worker | None, peers: set[Peer | None]) -> Worker:
    if not before or worker.home or worker.listens:
        return replace(worker, home=None) if before and before.listens else worker
    home = before.home if before.home in peers else None
    return replace(worker, home=home, listens=before.listens)
