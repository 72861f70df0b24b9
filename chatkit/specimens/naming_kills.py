"""SPECIMEN, broken on purpose: the loop that accepts asks for the name itself, and dies of a bad answer."""

import socket

from chatkit.connection import Connection
from chatkit.effects import Effects, Guest
from chatkit.room import GREETING, Room, State
from chatkit.server import ChatServer


class _Room(Room):
    def arrive(self, guest: Guest) -> Effects:
        self._states[guest] = State.NAMING
        return []  # it has been asked already


class NamingKills(ChatServer):
    """One visitor who leaves before it has a name, or has a strange one, and nobody can join any more."""

    room_type = _Room

    def _accept(self) -> Connection | None:
        connection = super()._accept()
        if connection:
            connection.sock.setblocking(True)
            connection.sock.send(f"{GREETING}\n".encode())
            answer = connection.sock.recv(1024, socket.MSG_PEEK).decode()  # raises for a reset, or bad bytes
            _name, _rest = answer.split("\n", 1)  # raises for a goodbye, or half a name
        return connection


BREAKS = (
    "a_silent_stranger_keeps_nobody_waiting",
    "leaving_at_the_door_is_not_mentioned",
    "a_reset_at_the_door_is_not_mentioned",
    "half_a_name_harms_nobody",
    "a_storm_of_connections_passes",
    "other_protocols_at_the_door_harm_nobody",
    "a_bad_byte_at_the_door_harms_nobody",
    "an_over_long_name_harms_nobody",
    "running_out_of_descriptors_is_survived",
)
SOMETIMES = ("a_name_may_come_byte_by_byte",)
