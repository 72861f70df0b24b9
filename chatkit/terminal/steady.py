"""The terminal is taken once at a time, also when the system stops the app and lets it go on.

After a SIGCONT without a Ctrl-Z before it (`kill -STOP`, a debugger), Textual would take it a second time:
two threads would read the keys, one of them for ever, and what to restore at the end would be forgotten.
"""

import sys

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

    return SteadyDriver
