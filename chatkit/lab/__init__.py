"""What lessons are made of: rooms that open anew, wires that can be pulled, and pictures of both."""

from chatkit.lab.rooms import OpenRoom, open_room
from chatkit.lab.sockets import count_sockets
from chatkit.lab.states import States
from chatkit.lab.waiting import wait_for, wait_until, who_heard

__all__ = ["OpenRoom", "States", "count_sockets", "open_room", "wait_for", "wait_until", "who_heard"]
