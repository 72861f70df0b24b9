"""A small, sturdy chat over TCP: a server, a client, and everything to learn sockets with them."""

from chatkit.client import ChatClient, ChatError
from chatkit.connection import Limits
from chatkit.listener import CannotListen
from chatkit.server import ChatServer

__version__ = "0.1.0"
__all__ = ["CannotListen", "ChatClient", "ChatError", "ChatServer", "Limits"]
