"""SPECIMEN, broken on purpose: the loop that accepts asks for the name itself, and waits for the answer."""

import socket
from contextlib import suppress

from chatkit.connection import Connection
from chatkit.effects import Effects, Guest
from chatkit.room import GREETING, Room, State
from chatkit.server import ChatServer


class _Room(Room):
    def arrive(self, guest: Guest) -> Effects:
        self._states[guest] = State.NAMING
        return []  # it has been asked already


class NamingBlocks(ChatServer):
    """While one who has connected says nothing, nobody else can join."""

    room_type = _Room

    def _accept(self) -> Connection | None:
        connection = super()._accept()
        if connection:
            connection.sock.setblocking(True)
            with suppress(OSError):
                connection.sock.send(f"{GREETING}\n".encode())
                connection.sock.recv(1, socket.MSG_PEEK)  # until its name comes, nobody else is let in
        return connection


BREAKS = ("a_silent_stranger_keeps_nobody_waiting",)
