"""What people may type where a host, a port or a name is wanted; anything else is told apart in one sentence.

Pure: text in, a value or `WrongAnswer` out. It asks nobody and connects to nothing.
"""

import re

from chatkit.room import NAME_RULE, Room, State
from chatkit.server import HOST

_ADDRESS = re.compile(r"(?:\[(?P<bare>[^\]]*)\]|(?P<host>[^:]*))(?::(?P<port>[^:]*))?")


class WrongAnswer(ValueError):
    """What is wrong with an answer, and what a good one is, in one sentence."""


def to_host(text: str) -> str:
    """Return `text` if it can be a machine's name or address; raise `WrongAnswer`."""
    try:
        text.encode("idna")
    except UnicodeError:
        printable = False
    else:
        printable = text.isprintable() and " " not in text
    if not text or not printable:
        raise WrongAnswer(f"a host is a name or an address such as {HOST}, not {text!r}")
    return text


def to_port(text: str) -> int:
    """Return the port that `text` means; raise `WrongAnswer`."""
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65536):
        raise WrongAnswer(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def to_name(text: str) -> str:
    """Return `text` if a chatkit room would take it as a name; raise `WrongAnswer`."""
    room = Room()  # the room itself knows the rule
    room.arrive("somebody")
    room.hear("somebody", text.encode("utf-8", "replace"))
    if room.state("somebody") is not State.JOINED:
        raise WrongAnswer(f"{NAME_RULE}, so it cannot be {text!r}")
    return text


def split_address(word: str) -> tuple[str, str]:
    """Split `HOST:PORT`, `[::1]:PORT`, `HOST`, `::1` or `PORT` into both; what is missing is empty."""
    if word.isascii() and word.isdigit():
        return "", word
    if match := _ADDRESS.fullmatch(word):
        return match["bare"] or match["host"] or "", match["port"] or ""
    return word, ""  # two colons or more and no brackets: an IPv6 address


def read_address(words: list[str]) -> tuple[str | None, int | None, list[str]]:
    """Read `[HOST] [PORT]`, which may be one word; return both, None if missing, and the other words."""
    rest = list(words)
    host, port = split_address(rest.pop(0)) if rest else ("", "")
    if rest and not port:
        port = rest.pop(0)
    return to_host(host) if host else None, to_port(port) if port else None, rest


def no_more(words: list[str]) -> None:
    """Raise `WrongAnswer` if there are words left that nobody asked for."""
    if words:
        raise WrongAnswer(f"{words[0]!r} is one word too many")
