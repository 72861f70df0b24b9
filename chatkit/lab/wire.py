"""A wire between any client and any server: it writes down what passes, and misbehaves on request.

Well-behaved, it passes exactly what would have passed without it: each byte in order, a FIN as a FIN, an RST
as an RST, and a receiver who does not read stops the sender. One thing it cannot: who connects is connected
before the wire knows whether the server is there, and hears by an RST that it is not.
"""

from collections.abc import Callable
from time import monotonic
from typing import Self

from chatkit.lab.events import EventLog, Kind, Way
from chatkit.lab.faults import NO_FAULTS, PAUSE, Faults, check_seconds, check_size, ways
from chatkit.lab.link import Link
from chatkit.lab.relay import Relay


class Wire:
    """Relay from 127.0.0.1 and `port` (0: any free one) to `server`; used with `with`, it starts and stops.

    `person` names whose connections these are; without one they are "client 1", "client 2" and so on. A `way`
    is `Way.TO_SERVER`, `Way.TO_CLIENT`, or None for both. Every call is legal at any time, from any thread;
    it holds when it returns, and never waits for the network.
    """

    def __init__(
        self, server: tuple[str, int], log: EventLog | None = None, person: str = "", *, port: int = 0
    ) -> None:
        self.server, self.person, self.port = server, person, port
        self.log = EventLog() if log is None else log
        self._faults = {way: Faults() for way in Way}
        self._relay: Relay | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Where clients connect; raise `RuntimeError` while it has not started."""
        if not self._relay:
            raise RuntimeError("a wire has an address once it has started")
        return self._relay.address

    @property
    def local_ports(self) -> dict[int, str]:
        """Whose connection each of the wire's own ports is, at the server's side.

        A port stays here when its connection has ended, until it is used again: the server may still hold it.
        """
        return self._relay.ports.copy() if self._relay else {}

    @property
    def plugged(self) -> tuple[str, ...]:
        """What it does to what passes: `frozen`, `sliced`, `half-closed`, `silent` and so on."""
        faults = [word for way in Way for word in self._faults[way].words]
        return tuple(dict.fromkeys([*faults, *sorted({link.plugged for link in self._links} - {""})]))

    @property
    def goodbye(self) -> str:
        """How the newest connection was ended by request: `hung up`, `reset` and so on, or empty."""
        return self._relay.newest.plugged if self._relay and self._relay.newest else ""

    def start(self) -> Self:
        """Relay in the background; raise `CannotListen`, or `Unreachable` if there is no such host."""
        self._relay = self._relay or Relay(self.server, self.port, self.log, self.person, self._faults)
        return self

    def stop(self) -> None:
        """Close every connection, and free the port; what is on its way is lost."""
        relay, self._relay = self._relay, None
        if relay:
            relay.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def _links(self) -> tuple[Link, ...]:
        return tuple(self._relay.links) if self._relay else ()

    # Misbehaving, until `behave`

    def delay(self, seconds: float, way: Way | None = None) -> None:
        """Pass everything on so many seconds late; raise `ValueError`."""
        self._misbehave(f"late by {seconds} s", way, delay=check_seconds("a delay", seconds))

    def slice(self, size: int = 1, way: Way | None = None, *, pause: float = PAUSE) -> None:
        """Pass everything on in pieces of `size` bytes, `pause` seconds apart; raise `ValueError`."""
        plural, pause = "" if check_size(size) == 1 else "s", check_seconds("a pause", pause)
        self._misbehave(f"slices: {size} byte{plural} at a time", way, size=size, pause=pause)

    def glue(self, pause: float = 0.05, way: Way | None = None) -> None:
        """Pass on in one piece all that comes within `pause` seconds; raise `ValueError`."""
        self._misbehave(f"glued: all of {pause} s in one piece", way, glue=check_seconds("a pause", pause))

    def freeze(self, way: Way | None = None) -> None:
        """Neither read nor pass on anything, like a program that has been stopped."""
        self._misbehave("frozen", way, frozen=True)

    def thaw(self, way: Way | None = None) -> None:
        """End a freeze; nothing has been lost."""
        self._misbehave("thawed", way, frozen=False)

    def behave(self) -> None:
        """End all misbehaviour; what has been held back goes at once."""
        self._misbehave("well-behaved again", None, **NO_FAULTS)

    # Ending the connections of now

    def half_close(self) -> None:
        """Send the client's FIN to the server, which still is heard; what the client sends later is lost."""
        self._end(Link.half_close)

    def hang_up(self) -> None:
        """Send a FIN to both sides and read no more, as `close` does: later bytes are answered by an RST."""
        self._end(Link.hang_up)

    def reset(self) -> None:
        """Send an RST to both sides."""
        self._end(Link.reset)

    def go_silent(self) -> None:
        """Swallow everything from now on, and never close."""
        self._end(Link.go_silent)

    def _misbehave(self, words: str, way: Way | None, **settings: float) -> None:
        concerned = ways(way)

        def change() -> None:
            changed = [self._faults[each].change(**settings) for each in concerned]
            if any(changed):
                self._note(words if way is None else f"{words}, {way}", concerned[0])

        self._order(change)

    def _end(self, ending: Callable[[Link, float], None]) -> None:
        def end() -> None:
            for link in self._links:
                ending(link, monotonic()) if link.stands else link.abandon()

        self._order(end)

    def _order(self, order: Callable[[], None]) -> None:
        """Have the relay's thread carry out an order; do it here while there is no relay."""
        relay = self._relay

        def carry_out() -> None:
            order()
            if relay:
                relay.stir()

        relay.order(carry_out) if relay else order()

    def _note(self, words: str, way: Way) -> None:
        for person in sorted({link.person for link in self._links}) or [self.person]:
            self.log.happened(Kind.NOTE, person, way, words)
