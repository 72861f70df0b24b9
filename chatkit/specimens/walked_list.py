"""SPECIMEN, broken on purpose: who is too slow is taken out of the book while that is gone through."""

from chatkit.effects import Spread
from chatkit.messages import encode
from chatkit.server import ChatServer


class WalkedList(ChatServer):
    """When a slow reader is dropped, the one who was speaking is thrown out as well."""

    def _spread(self, effect: Spread) -> None:
        piece = encode(effect.message)
        for connection in self.room._names:  # the book itself: "dictionary changed size during iteration"
            if connection is not effect.by:
                connection.queue(piece)
                connection.flush()
                if connection.queued > self.limits.stalled:
                    self._cut(connection, "too slow")


BREAKS = ("a_frozen_reader_stops_nobody",)
