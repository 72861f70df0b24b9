"""Writing until all is written, also to a descriptor that somebody else has told not to wait.

To wait or not is a property of the open file, which programs share that write to one terminal or pipe.
"""

import os
import select


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`, however long it takes; raise `OSError` if nobody can read it any more."""
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:
            select.select([], [descriptor], [])
