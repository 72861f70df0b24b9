"""A small, sturdy chat over TCP: a server, a client, and everything to learn sockets with them."""

import logging

from chatkit.client import ChatClient
from chatkit.errors import ChatError
from chatkit.limits import Limits
from chatkit.server import ChatServer

__version__ = "0.1.0"
logging.getLogger("chatkit").addHandler(logging.NullHandler())  # nothing prints unless somebody asks for it

__all__ = ["ChatClient", "ChatError", "ChatServer", "Limits", "__version__"]
