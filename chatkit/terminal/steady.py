"""The terminal is taken once at a time, and drawn whole, also when the app is stopped and let go on.

After a SIGCONT without a Ctrl-Z before it (`kill -STOP`, a debugger), Textual would take it a second time:
two threads would read the keys, one of them for ever, and what to restore at the end would be forgotten.
And it would do so at once, in the midst of a write to that terminal, which then never ends.
"""

import sys
from collections.abc import Callable
from contextlib import suppress

from textual.driver import Driver


def driver() -> type[Driver] | None:
    """Return Textual's driver, mended so; None, on Windows, which stops nothing, leaves it to Textual."""
    if sys.platform == "win32":
        return None
    from textual.drivers.linux_driver import LinuxDriver

    class SteadyDriver(LinuxDriver):
        """Give the terminal back before it is taken again."""

        def start_application_mode(self) -> None:
            """Take the terminal."""
            if self._key_thread and self._key_thread.is_alive():
                self.suspend_application_mode()
                self._must_signal_resume = True  # so that all is drawn again
            super().start_application_mode()  # type: ignore[no-untyped-call]

        def _sigtstp_application(self, *_: object) -> None:
            self._in_turn(super()._sigtstp_application)

        def _sigcont_application(self, *_: object) -> None:
            self._in_turn(self._go_on)

        def _go_on(self) -> None:
            super()._sigcont_application()
            self._app.refresh(layout=True)  # the terminal is empty, and Textual would draw only what changes

        def _in_turn(self, answer: Callable[[], None]) -> None:
            """Answer a signal when the loop comes round, unless somebody else has the terminal."""
            if not self._auto_restart:
                return answer()
            with suppress(RuntimeError):  # the loop is over, and the app with it
                self._loop.call_soon_threadsafe(answer)

    return SteadyDriver
