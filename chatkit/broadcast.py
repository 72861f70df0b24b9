"""What is said to everybody is kept once, and each listener takes what it has not heard yet: all but its own.

To copy every line to everybody costs lines times people. Here a line costs its own length and a listener
one cut, however many have spoken; listeners who missed the same share the same bytes. No socket, no room.
"""

from typing import Any

Listener = Any  # any hashable value
Piece = bytes | memoryview

LONG = 1 << 15  # bytes: a share taken in the middle of a round is a copy of the round up to there


class Broadcast:
    """Keep what has been said in this round, and how far each listener has heard it.

    Places are bytes counted since the first round, so that a new round changes no listener's place.
    """

    def __init__(self) -> None:
        self._begin = self._end = 0  # of this round
        self._said: list[bytes] = []  # in this round
        self._heard: dict[Listener, int] = {}
        self._own: dict[Listener, list[tuple[int, int]]] = {}  # where its own words stand

    def admit(self, listener: Listener) -> None:
        """Let it hear what is said from here on."""
        self._heard[listener] = self._end

    def dismiss(self, listener: Listener) -> None:
        """Let it hear no more."""
        self._heard.pop(listener, None)
        self._own.pop(listener, None)

    def say(self, by: Listener, piece: bytes) -> None:
        """Have every listener hear `piece`, except `by`."""
        begin, self._end = self._end, self._end + len(piece)
        self._said.append(piece)
        if by in self._heard:
            self._own.setdefault(by, []).append((begin, self._end))

    def take(self, listener: Listener) -> list[Piece]:
        """Return what `listener` has not heard yet."""
        place = self._heard.get(listener, self._end)
        if place == self._end:
            return []
        self._heard[listener] = self._end
        own = self._own.pop(listener, [])
        if place == self._begin and not own:
            return [self._whole()]
        view = memoryview(self._whole())
        begins = [place, *(end for _, end in own)]
        ends = [*(begin for begin, _ in own), self._end]
        between = zip(begins, ends, strict=True)
        share = [view[begin - self._begin : end - self._begin] for begin, end in between if begin < end]
        is_small = 2 * sum(map(len, share)) < len(view)  # it would hold on to a round that nobody else needs
        return [b"".join(share)] if share and is_small else [*share]

    def is_long(self) -> bool:
        """Say whether so much has been said in this round that to `take` a share in its middle costs much."""
        return self._end - self._begin > LONG

    def end_round(self) -> list[tuple[Listener, list[Piece]]]:
        """Hand out what each listener has not heard yet, and begin a new round."""
        if self._begin == self._end:
            return []
        shares = [(listener, share) for listener in self._heard if (share := self.take(listener))]
        self._begin, self._said = self._end, []
        return shares

    def _whole(self) -> bytes:
        if len(self._said) > 1:
            self._said = [b"".join(self._said)]
        return self._said[0]
