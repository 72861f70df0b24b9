"""What every client says, written down beforehand: so what is heard can be compared, not just counted.

Everybody speaks in batches of equally long lines. A line holds the speaker's number, the batch's, and its
own in the batch: it is said once in a run, and a whole batch as others hear it is one known piece of bytes.
"""

import string

from chatkit.bench.load.dialects import Dialect

SHORTEST = len("uuuubbbbbblll\n")
BATCH = b"######"  # where the batch's number goes
KEPT = 16  # batches a speaker, in the form in which others hear them: more than are ever under way


class Book:
    """All that is said in one run: batches of `lines` lines, each `size` bytes with its newline."""

    def __init__(self, dialect: Dialect, lines: int, size: int) -> None:
        if size < SHORTEST or not 0 < lines < 1000:
            raise ValueError(f"a line has {SHORTEST} bytes at least, and a batch 1 to 999 lines")
        self.dialect = dialect
        self.in_batch = lines
        self.size = size
        self.said: list[int] = []  # batches, by speaker
        self.speakers: dict[bytes, int] = {}  # by the first bytes of what others hear
        self.batches: list[
            dict[int, bytes]
        ] = []  # each speaker's latest as heard, by the first line's number
        self.lines: list[dict[int, bytes]] = []  # the same line by line
        self._said: list[bytes] = []
        self._heard: list[list[bytes]] = []

    def enter(self, prefix: bytes) -> int:
        """Add a speaker, whose words others hear behind `prefix`; return its number."""
        who = len(self.said)
        texts = [self._text(who, index) for index in range(self.in_batch)]
        heard = [prefix + text + self.dialect.newline for text in texts]
        self.speakers[heard[0][: self.dialect.key]] = who
        self.said.append(0)
        self.batches.append({})
        self.lines.append({})
        self._said.append(b"".join(map(self.dialect.say, texts)))
        self._heard.append(heard)
        return who

    def say(self, who: int) -> bytes:
        """Return the bytes with which a speaker says its next batch."""
        batch = self.said[who]
        first, gone = batch * self.in_batch, (batch - KEPT) * self.in_batch
        lines = [line.replace(BATCH, b"%06d" % batch) for line in self._heard[who]]
        self.batches[who][first] = b"".join(lines)
        self.lines[who].update(enumerate(lines, first))
        if self.batches[who].pop(gone, None):
            for number in range(gone, gone + self.in_batch):
                del self.lines[who][number]
        self.said[who] += 1
        return self._said[who].replace(BATCH, b"%06d" % batch)

    def which(self, line: bytes) -> tuple[int, int] | None:
        """Return the speaker and the number of a line as heard; None if nobody has said such a line."""
        who = self.speakers.get(line[: self.dialect.key], -1)
        if who < 0:
            return None
        at = self._heard[who][0].index(BATCH)
        digits = line[at : at + 9]
        if not digits.isdigit() or len(digits) < 9:
            return None
        batch, index = int(digits[:6]), int(digits[6:])
        if batch >= self.said[who] or index >= self.in_batch:
            return None
        said = self._heard[who][index].replace(BATCH, digits[:6])
        return (who, batch * self.in_batch + index) if said == line else None

    def _text(self, who: int, index: int) -> bytes:
        room = self.size - SHORTEST
        filling = (string.ascii_lowercase[who % 26 :] + string.ascii_lowercase) * (room // 26 + 1)
        return b"%04d%s%03d%s" % (who, BATCH, index, filling[:room].encode())
