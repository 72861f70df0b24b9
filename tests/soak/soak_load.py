"""The load of a soak: one loop for thousands of sockets; at its end one JSON object says what was seen.

`python3 soak_load.py PORT CLIENTS SECONDS SEED`. The listeners read as fast as they can, and nobody speaks on
while one of them is far behind: a slow machine makes a slow day, and costs nobody who behaves a seat.
"""

import json
import random
import selectors
import sys
import time

from soak_roles import BEGIN, END, Auditor, Guest, Listener, Talker, Visitor

TALKERS, AUDITORS = 8, 2
TICK = 0.02
FAR_BEHIND = 200_000  # bytes


class Day:
    """One day in the room at this port of this machine."""

    def __init__(self, port: int, clients: int, seconds: float, seed: int) -> None:
        self.dice = random.Random(seed)
        self.faults: list[str] = []
        self.visitors: list[tuple[float, Visitor]] = []
        self.visits = 0
        self.seconds = seconds
        self.selector = selectors.DefaultSelector()
        self._port = port
        kinds = [Talker] * TALKERS + [Auditor] * AUDITORS + [Listener] * (clients - TALKERS - AUDITORS)
        self.listeners: list[Listener] = []
        for number, kind in enumerate(kinds):
            name = f"{kind.__name__.lower()}{number}"
            self.listeners.append(self.comes(kind(self._port, name, self.faults)))
            self.turn(0.0)
        self.talkers = [each for each in self.listeners if isinstance(each, Talker)]

    def comes(self, guest):
        """Watch a new guest."""
        self.selector.register(guest.sock, selectors.EVENT_READ, guest)
        return guest

    def turn(self, wait: float) -> None:
        """Read what there is, and send what waits."""
        for key, _ in self.selector.select(wait):
            guest: Guest = key.data
            guest.read()
            self.forget(guest)
        for guest in [*self.listeners, *(visitor for _, visitor in self.visitors)]:
            if guest.unsent and not guest.gone:
                guest.flush()
                self.forget(guest)

    def forget(self, guest: Guest) -> None:
        """Watch it no more if it is gone; at once, for its number may be given to another."""
        if guest.gone and guest.fd in self.selector.get_map():
            self.selector.unregister(guest.fd)

    def until(self, condition, what: str, patience: float = 120.0) -> None:
        """Turn until `condition()`; note a fault if that takes too long."""
        deadline = time.monotonic() + patience
        while not condition() and time.monotonic() < deadline and not self.faults:
            self.turn(TICK)
        if not condition():
            self.faults.append(f"it never came that {what}")

    def send_visitors(self) -> None:
        """Let a new one come now and then, and let those go whose time is up."""
        now = time.monotonic()
        for until, visitor in self.visitors:
            if until < now:
                visitor.goes()
            if until + 1.0 < now:
                visitor.leaves()  # it has waited long enough for an answer
            self.forget(visitor)
        self.visitors = [(until, visitor) for until, visitor in self.visitors if not visitor.gone]
        if len(self.visitors) < 60 and self.dice.random() < 0.3:
            self.visits += 1
            visitor = Visitor(self._port, f"visitor{self.visits}", self.faults, self.dice)
            self.visitors.append((now + visitor.time, self.comes(visitor)))

    def run(self) -> dict[str, object]:
        """Live through the day, and say what was seen."""
        self.until(lambda: all(each.joined for each in self.listeners), "everybody was in")
        self.talkers[0].says(BEGIN.decode().split("] ")[1].strip())
        others = self.listeners[1:]
        self.until(lambda: all(each.has_begun for each in others), "everybody heard the beginning")
        end = time.monotonic() + self.seconds
        while time.monotonic() < end and not self.faults:
            if self.lag_of(others) < FAR_BEHIND:
                self.dice.choice(self.talkers[1:]).speaks(self.dice)
                self.send_visitors()
            self.turn(TICK)
        for _, visitor in self.visitors:
            visitor.leaves(by_reset=True)
            self.forget(visitor)
        self.talkers[0].says(END.decode().split("] ")[1].strip())
        self.until(lambda: all(each.is_done for each in others), "everybody heard the end")
        return self.report(others)

    def lag_of(self, others: list[Listener]) -> int:
        """Return how many bytes the last one is behind the first."""
        counts = [each.count for each in others if not isinstance(each, Talker)]
        return max(counts) - min(counts)

    def report(self, others: list[Listener]) -> dict[str, object]:
        """Say what was seen, and what was wrong."""
        silent = [each for each in others if not isinstance(each, Talker)]
        sums = {(each.sum, each.count) for each in silent}
        if len(sums) > 1 and not self.faults:
            self.faults.append(f"those who behaved heard {len(sums)} different days")
        auditor = next(each for each in silent if isinstance(each, Auditor))
        said = sum(each.said for each in self.talkers)
        for each in self.listeners:
            each.leaves(by_reset=self.dice.random() < 0.5)
        return {
            "faults": self.faults[:10],
            "listeners": len(silent),
            "lines": auditor.lines,
            "said by those who behave": said,
            "visits": self.visits,
            "bytes to each": auditor.count,
        }


def main(port: str, clients: str, seconds: str, seed: str) -> None:
    print(json.dumps(Day(int(port), int(clients), float(seconds), int(seed)).run()), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
