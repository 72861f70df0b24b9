"""How many sockets a room takes, as the operating system counts them in this process."""

from typing import NamedTuple, Protocol


class Room(Protocol):
    """Whatever listens on an address."""

    @property
    def address(self) -> tuple[str, int]: ...


class Sockets(NamedTuple):
    """How many TCP sockets this process holds for one room."""

    listening: int
    server_ends: int
    client_ends: int


def count_sockets(room: Room) -> Sockets:
    """Ask the operating system for the sockets of `room` in this process, at both ends of each connection."""
    import psutil  # type: ignore[import-untyped]  # of the extra `lab`; all else here does without

    port = room.address[1]
    tcp = psutil.Process().net_connections("tcp")
    talking = [each for each in tcp if each.status == psutil.CONN_ESTABLISHED]
    return Sockets(
        sum(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in tcp),
        sum(each.laddr.port == port for each in talking),
        sum(each.raddr.port == port for each in talking),
    )
