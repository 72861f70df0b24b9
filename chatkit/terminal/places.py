"""Where a person was last, and as whom: kept in their own config folder, if they like, and nowhere else.

The folder is $XDG_CONFIG_HOME/chatkit, or ~/.config/chatkit (XDG Base Directory Specification). What cannot
be read or written is as if it were not there: nobody is kept from a chat by it.
"""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from chatkit.cli.answers import WrongAnswer, to_host, to_name, to_port


@dataclass(frozen=True, slots=True)
class Place:
    """A room's address, and a name to go by."""

    host: str
    port: int
    name: str

    @property
    def where(self) -> str:
        """The address in one word."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _file() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(home) if os.path.isabs(home) else Path.home() / ".config"
    return folder / "chatkit" / "last.json"


def last() -> Place | None:
    """Return the last place, if there is one that still makes sense."""
    with suppress(OSError, ValueError, TypeError, AttributeError, RuntimeError):  # whatever the file holds
        found = json.loads(_file().read_text(encoding="utf-8"))
        return Place(to_host(found["host"]), to_port(str(found["port"])), to_name(found["name"]))
    return None


def remember(place: Place) -> None:
    """Keep a place for the next time."""
    with suppress(OSError, RuntimeError):
        file = _file()
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(asdict(place)) + "\n", encoding="utf-8")
        fresh.replace(file)


def forget() -> None:
    """Let go of what was kept."""
    with suppress(OSError, RuntimeError):
        _file().unlink()


def wrong(host: str, port: str, name: str) -> tuple[str, str] | None:
    """Say which field is wrong (`host`, `port`, `name`) and why, the first of them; None if all are good."""
    for field, check, text in (("host", to_host, host), ("port", _to_door, port), ("name", to_name, name)):
        try:
            check(text)
        except WrongAnswer as error:
            return field, str(error)
    return None


def _to_door(text: str) -> int:
    if to_port(text) == 0:
        raise WrongAnswer("a port to join is a number from 1 to 65535")
    return to_port(text)
