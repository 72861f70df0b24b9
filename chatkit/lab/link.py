"""One connection through a wire: two ends, a pipe each way, and the endings that can be asked for.

An ending by request comes from the client's side and does not wait for a delay or a freeze: what the client
has sent before goes first, then the goodbye. All of this happens in the wire's thread.
"""

import errno
import os
from collections.abc import Callable, Mapping
from functools import partial

from chatkit.lab.end import End
from chatkit.lab.events import EventLog, Kind, Way
from chatkit.lab.faults import Faults
from chatkit.lab.pipe import Pipe
from chatkit.lab.rules import CLOSED, CUT_OFF, HALF, LOST, PASSES
from chatkit.lab.watch import READ, WRITE, Watch


class Link:
    """Connect an accepted client with the server, and carry what they say."""

    def __init__(
        self, client: End, server: End, log: EventLog, person: str, faults: Mapping[Way, Faults]
    ) -> None:
        self.client, self.server, self.log, self.person = client, server, log, person
        self.up = Pipe(client, server, log, person, Way.TO_SERVER, faults[Way.TO_SERVER])
        self.down = Pipe(server, client, log, person, Way.TO_CLIENT, faults[Way.TO_CLIENT])
        self.pipes = (self.up, self.down)
        self.stands = False  # both sides are connected
        self.plugged = ""  # how it was ended by request

    @property
    def is_over(self) -> bool:
        """Say whether both sockets are closed."""
        return self.client.closed and self.server.closed

    # Connecting

    def connect(self, address: tuple[str, int]) -> None:
        """Begin to connect to the server."""
        self.server.blocked = True
        error = self.server.sock.connect_ex(address)
        if error not in (0, errno.EINPROGRESS, errno.EWOULDBLOCK):
            self._refuse(error)

    def attend(self, now: float) -> None:
        """Do all that can be done now."""
        if not self.stands:
            self._try_to_stand()
        if self.stands:
            self._carry(now)

    def due(self, now: float) -> float | None:
        """Return when it must be attended to even if nothing happens."""
        return min((due for pipe in self.pipes if (due := pipe.due(now)) is not None), default=None)

    def _try_to_stand(self) -> None:
        if self.is_over or (self.server.blocked and not self.server.hung_up):
            return
        error = self.server.take_error()
        if error and not self.server.hung_up:
            return self._refuse(error)
        self.stands = True
        self.log.happened(Kind.CONNECTED, self.person)

    def _refuse(self, error: int) -> None:
        """Tell the client by an RST that there is no server; in TCP it is too late for a refusal."""
        words = f"the server cannot be reached: {os.strerror(error).lower()}"
        self.log.happened(Kind.NOTE, self.person, words=words)
        self.log.happened(Kind.RST, self.person, Way.TO_CLIENT)
        self.server.close()
        self.client.reset()

    # Carrying

    def _carry(self, now: float) -> None:
        for pipe in self.pipes:
            pipe.take(now)
        for pipe, back in (self.pipes, self.pipes[::-1]):
            if pipe.source.closed and back.rule is PASSES:  # nobody is there to take what comes back
                back.lose_all()
                back.rule = LOST
        for pipe in self.pipes:
            pipe.pass_on(now)

    # Endings

    def half_close(self, now: float) -> None:
        """Tell the server the client's FIN; what the client sends later is lost."""
        self._say_goodbye("half-closed", Kind.FIN, now)
        self.up.rule = HALF
        self.up.pass_on(now)

    def hang_up(self, now: float) -> None:
        """Tell the server the client's FIN, and close both sides as `close` does."""
        self._say_goodbye("hung up", Kind.FIN, now)
        self.down.take_all(now)  # what is unread would turn the FIN into an RST
        self.down.lose_all()
        self.down.faults = Faults()
        self.up.rule, self.down.rule = CUT_OFF, CLOSED
        self.up.pass_on(now)  # no sooner, for the server may answer at once
        if not self.client.closed and self.client.told is None:
            self.client.finish()

    def reset(self, now: float) -> None:
        """Tell the server and the client by an RST that it is over."""
        self._say_goodbye("reset", Kind.RST, now)
        self.down.lose_all()
        self.down.faults = Faults()
        self.up.rule, self.down.rule = CUT_OFF, LOST
        self.up.pass_on(now)
        if not self.client.closed:
            self.client.reset()

    def go_silent(self, _now: float) -> None:
        """Swallow whatever comes, and never close."""
        if self.plugged == "silent":
            return
        self.plugged = "silent"
        self.log.happened(Kind.SILENCE, self.person)
        for pipe in self.pipes:
            pipe.faults, pipe.rule = Faults(), LOST
            pipe.lose_all()

    def abandon(self) -> None:
        """Close both sockets at once."""
        for pipe in self.pipes:
            pipe.lose_all()
        self.client.close()
        self.server.close()

    def _say_goodbye(self, words: str, goodbye: Kind, now: float) -> None:
        """Put on its way all that the client has sent, and then a goodbye, if the server has had none yet."""
        self.plugged = words
        self.log.happened(Kind.NOTE, self.person, words=words)
        self.up.faults = Faults()
        self.up.take_all(now)
        self.up.say_goodbye(goodbye, now)

    # Watching

    def watch(self, watch: Watch, stirred: Callable[["Link"], None]) -> None:
        """Have both sockets watched for what is needed now, and for their deaths; then call `stirred`."""

        def note(end: End, mask: int) -> None:
            end.note(mask)
            stirred(self)

        for end, pipe in ((self.client, self.up), (self.server, self.down)):
            wanted = (READ if pipe.wants() else 0) | (WRITE if end.blocked else 0)
            if end.closed or (end.is_deaf and not wanted):
                watch.forget(end.sock, end.number)
            elif self.stands or end is self.server:
                watch.set(end.sock, wanted if self.stands else WRITE, partial(note, end))
