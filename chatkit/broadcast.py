"""What is said to everybody is kept once, and each listener takes what it has not heard yet: all but its own.

To copy every line to everybody costs lines times people. Here a line costs its own length and a listener
one cut, however many have spoken; listeners who missed the same share the same bytes. What one listener alone
is told stands in its place between the lines. No socket, no room.
"""

from collections.abc import Iterator
from typing import Any

Listener = Any  # any hashable value
Piece = bytes | memoryview

SHORT = 1 << 10  # bytes: a view of so few takes more memory than a copy
LONG = 1 << 15  # bytes: a share taken in the middle of a round is a copy of the round up to there


class Broadcast:
    """Keep what has been said in this round, and how far each listener has heard it.

    Places are bytes counted since the first round, so that a new round changes no listener's place.
    """

    def __init__(self) -> None:
        self.aside = 0  # bytes that single listeners have been told in this round
        self._begin = self.end = 0  # of this round
        self._said: list[bytes] = []  # in this round
        self._heard: dict[Listener, int] = {}
        # What a listener hears from one place to another, instead of what is said there: nothing of its own
        # words; and what it alone is told, where those places are the same.
        self._own: dict[Listener, list[tuple[int, int, bytes]]] = {}

    def admit(self, listener: Listener) -> None:
        """Let it hear what is said from here on."""
        self._heard[listener] = self.end

    def dismiss(self, listener: Listener) -> None:
        """Let it hear no more."""
        self._heard.pop(listener, None)
        self._own.pop(listener, None)

    def say(self, by: Listener, piece: bytes) -> None:
        """Have every listener hear `piece`, except `by`."""
        begin, self.end = self.end, self.end + len(piece)
        self._said.append(piece)
        if by in self._heard:
            self._own.setdefault(by, []).append((begin, self.end, b""))

    def tell(self, listener: Listener, piece: bytes) -> bool:
        """Have one listener alone hear `piece` after all that was said; return whether it is one."""
        if listener not in self._heard:
            return False
        self._own.setdefault(listener, []).append((self.end, self.end, piece))
        self.aside += len(piece)
        return True

    def take(self, listener: Listener) -> list[Piece]:
        """Return what `listener` has not heard yet."""
        place = self._heard.get(listener, self.end)
        own = self._own.pop(listener, [])
        if place == self.end and not own:
            return []
        self._heard[listener] = self.end
        whole = self._whole()
        if place == self._begin and not own:
            return [whole]
        missed = self.end - place - sum(end - begin for begin, end, _ in own)
        is_small = len(whole) < SHORT or 2 * missed < len(whole)  # a small view would hold all
        said = whole if is_small else memoryview(whole)
        share: list[Piece] = []
        for begin, end, instead in own:
            share += said[place - self._begin : begin - self._begin], instead
            place = end
        return [piece for piece in (*share, said[place - self._begin :]) if piece]

    def is_long(self) -> bool:
        """Say whether so much has been said in this round that to `take` a share in its middle costs much."""
        return self.end - self._begin > LONG

    def end_round(self) -> Iterator[tuple[Listener, list[Piece]]]:
        """Hand out, one by one, what each listener has not heard yet; after the last, a new round begins."""
        for listener in list(self._own) if self._begin == self.end else self._heard:
            if share := self.take(listener):
                yield listener, share
        self._begin, self._said, self.aside = self.end, [], 0

    def _whole(self) -> bytes:
        if len(self._said) != 1:
            self._said = [b"".join(self._said)]
        return self._said[0]
