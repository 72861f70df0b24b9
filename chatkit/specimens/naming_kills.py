"""SPECIMEN, broken on purpose: the loop that accepts asks for the name itself, and dies of a bad answer."""

import socket

from chatkit.connection import Connection
from chatkit.room import GREETING, Effects, Guest, Room, State
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


BREAKS = ()
