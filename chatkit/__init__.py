"""A small, sturdy chat over TCP: a server, a client, and everything to learn sockets with them."""

import logging
from typing import Any

from chatkit.client import ChatClient
from chatkit.errors import ChatError
from chatkit.limits import Limits
from chatkit.server import ChatServer

__version__ = "0.1.0"
logging.getLogger("chatkit").addHandler(logging.NullHandler())  # nothing prints unless somebody asks for it


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext chatkit` in a notebook: %%answer, predict, hint, mended and progress.

    Answers are kept in the folder `answers` beside the notebook, or where CHATKIT_ANSWERS says.
    """
    import os
    from pathlib import Path

    from chatkit.panes.desk import Desk  # needs the lab extra, which a notebook has

    beside = Path(getattr(shell, "starting_dir", ".")) / "answers"
    Desk(shell, Path(os.environ.get("CHATKIT_ANSWERS") or beside)).open()


__all__ = ["ChatClient", "ChatError", "ChatServer", "Limits", "__version__"]
