"""One client's ear: it knows what everybody has said, and verifies all that it hears, a batch at a time.

A line can be wrong in five ways: lost, doubled, out of its speaker's order, altered, or one's own come back.
"""

from dataclasses import asdict, dataclass

from chatkit.bench.load.book import Book


@dataclass
class Faults:
    """How many lines were wrong, by kind."""

    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    altered: int = 0
    echoed: int = 0

    def add(self, other: "Faults") -> None:
        """Add another's faults to these."""
        for kind, count in asdict(other).items():
            setattr(self, kind, getattr(self, kind) + count)


class Ear:
    """Verify what the client with number `own` hears of the others."""

    def __init__(self, book: Book, own: int) -> None:
        self.book = book
        self.own = own
        self.heard = 0  # lines, each once
        self.notices: list[bytes] = []  # the server's own lines
        self.faults = Faults()
        self._due = [batches * book.in_batch for batches in book.said]  # the next line of each speaker
        self._due[own] = -1  # nobody hears oneself
        self._missing: dict[int, set[int]] = {}
        self._rest = b""

    def hear(self, data: bytes) -> int:
        """Verify what has come; return how many lines it was. What is not whole yet waits for the rest."""
        if self._rest:
            data = self._rest + data
        due, before = self._due, self.heard
        key, speakers = self.book.dialect.key, self.book.speakers
        batches, lines, in_batch = self.book.batches, self.book.lines, self.book.in_batch
        at, end, right = 0, len(data), 0
        while at < end:
            who = speakers.get(data[at : at + key], -1)
            if (piece := batches[who].get(due[who])) and data.startswith(piece, at):
                count = in_batch
            elif (piece := lines[who].get(due[who])) and data.startswith(piece, at):
                count = 1
            elif step := self._step(data, at):
                at += step
                continue
            else:  # no whole line
                break
            due[who] += count
            right += count
            at += len(piece)
        self._rest = data[at:]
        self.heard += right
        return self.heard - before

    def finish(self) -> Faults:
        """Return all faults, once no more will come: what has been said and not heard is lost."""
        for who, said in enumerate(self.book.said):
            if who != self.own:
                self.faults.lost += said * self.book.in_batch - self._due[who]
        self.faults.lost += sum(map(len, self._missing.values()))
        self.faults.altered += bool(self._rest)
        return self.faults

    def _step(self, data: bytes, at: int) -> int:
        """Take what is not the next line of its speaker: return its length, 0 if its end has not come yet."""
        if skip := self.book.dialect.skip(data, at):
            return skip
        end = data.find(b"\n", at) + 1
        if end:
            self._judge(data[at:end])
        return end and end - at

    def _judge(self, line: bytes) -> None:
        found = self.book.which(line)
        if found is None and self.book.dialect.is_notice(line):
            self.notices.append(line)
        elif found is None:
            self.faults.altered += 1
        elif found[0] == self.own:
            self.faults.echoed += 1
        else:
            self._place(*found)

    def _place(self, who: int, number: int) -> None:
        """Take one true line in, wherever it stands in its speaker's order."""
        due, missing = self._due[who], self._missing.setdefault(who, set())
        if number >= due:
            missing.update(range(due, number))
            self._due[who] = number + 1
        elif number in missing:
            missing.remove(number)
            self.faults.disordered += 1
        else:
            self.faults.doubled += 1
            return
        self.heard += 1
