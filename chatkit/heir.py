"""A thread that inherits what it must give back, or is called off before: whoever starts it knows which.

`Thread.start` waits until the new thread runs. When Ctrl-C ends that wait, the thread may run already, or a
moment later, or never; so who comes first decides, the thread or the one who calls it off.
"""

import threading
from collections.abc import Callable


class Heir(threading.Thread):
    """A thread whose work begins only if it has not been called off."""

    def __init__(self, work: Callable[[], None], name: str) -> None:
        super().__init__(target=work, name=name, daemon=True)
        self._claim = threading.Lock()  # whoever comes first takes it, for good

    def run(self) -> None:
        """Do the work, unless it has been called off."""
        if self._claim.acquire(blocking=False):
            super().run()

    def call_off(self) -> bool:
        """Keep it from its work, if it has not begun; return whether that was in time."""
        return self._claim.acquire(blocking=False)
