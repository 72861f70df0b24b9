"""SPECIMEN, broken on purpose: `accept` fails for want of descriptors, and its loop dies of that."""

from chatkit.connection import Connection
from chatkit.server import ChatServer


class NoDescriptorLeft(ChatServer):
    """After one crowd too many, those inside talk on, and nobody can ever join again."""

    def _accept(self) -> Connection | None:
        try:
            sock, address = self._listener.socket.accept()
        except TimeoutError:
            return None
        return Connection(sock, "{} port {}".format(*address), self.limits)


BREAKS = ("running_out_of_descriptors_is_survived",)
