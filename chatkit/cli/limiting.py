"""What one client may cost, as options of `chatkit serve`: each with its default, and with its reason.

The limits themselves stand in `limits`, and a test holds this table to them.
"""

import argparse
import math
from collections.abc import Callable
from typing import Any

from chatkit.limits import Limits

# Option, field, kind of number, and what it is for.
TABLE: tuple[tuple[str, str, type, str], ...] = (
    (
        "--max-clients",
        "clients",
        int,
        "how many at once (threads: 1,000, selectors: 10,000)",
    ),
    ("--per-address", "per_address", int, "how many from one address, so that no one takes every place"),
    ("--rate", "rate", float, "lines a second from one client (20, and any number from this machine)"),
    ("--burst", "burst", int, "lines at once before the rate counts: a pasted page passes"),
    ("--flood-time", "flood_time", float, "seconds of being too fast, and a client is cut"),
    ("--max-line", "line", int, "bytes of a line, newline included: what one line may take of memory"),
    ("--line-time", "line_time", float, "seconds a line may take to arrive: dribblers hold nothing for ever"),
    ("--naming-time", "naming", float, "seconds until a newcomer has said its name"),
    ("--outbox", "outbox", int, "bytes that may wait for one client: who reads slower is cut"),
    ("--stalled", "stalled", int, "bytes that may wait while none is taken for --stall-time"),
    ("--stall-time", "stall_time", float, "seconds without taking a byte, and a frozen reader is cut"),
    ("--linger", "linger", float, "seconds a client has to answer our goodbye, once it has all that waited"),
    ("--farewell", "farewell", float, "seconds to read, however slowly, what waits when we say goodbye"),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add an option for each limit."""
    group = parser.add_argument_group("limits", "What one client may cost; nobody waits for another.")
    for option, field, kind, help_text in TABLE:
        default = getattr(Limits(), field)
        known = "" if default is None else f" ({default:,})"
        group.add_argument(
            option, dest=field, type=_number(kind), metavar="N", default=default, help=help_text + known
        )


def to_limits(options: argparse.Namespace) -> Limits:
    """Return the limits that were asked for."""
    return Limits(**{field: getattr(options, field) for _, field, _, _ in TABLE})


def _number(kind: type) -> Callable[[str], Any]:
    def number(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not 0 < value < 1 << 40:
            whole = " whole" if kind is int else ""
            raise argparse.ArgumentTypeError(f"it must be a{whole} number above 0, not {text!r}")
        return value

    return number
