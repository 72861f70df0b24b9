"""What lessons are made of: rooms that open anew, and waiting for what must happen."""

from chatkit.lab.rooms import count_sockets, open_room, wait_for, who_heard

__all__ = ["count_sockets", "open_room", "wait_for", "who_heard"]
