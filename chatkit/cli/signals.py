"""Which signals ask to end in good order: Ctrl-C, a polite kill, a closed terminal, Ctrl-\\.

A shell without job control has whatever it starts with `&` ignore SIGINT; here it counts all the same, since
nobody sends it to a chat by accident.
"""

import signal

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


def ending_signals() -> list[int]:
    """Return their numbers, as far as this system has them; under nohup, without SIGHUP."""
    numbers: list[int] = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    return [number for number in numbers if not _is_hangup_ignored(number)]


def _is_hangup_ignored(number: int) -> bool:
    return number == getattr(signal, "SIGHUP", None) and signal.getsignal(number) == signal.SIG_IGN
