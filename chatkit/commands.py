"""What a member may ask of the room with a line that begins with a slash, and what follows from it.

Only these commands exist; whoever asks for another is told which do. `/quit` is the room's own affair.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chatkit.consent import Consent
from chatkit.effects import Choose, Effects, Forget, Guest, Tell
from chatkit.messages import Reply

HELP = "/who lists the others, /quit leaves, /help shows this; //text says a line that begins with /"
HELP_WITH_HISTORY = f"{HELP}; /record on, off or status: whether your lines are kept; /forget removes them"
NO_HISTORY = "this room keeps no history"


@dataclass(frozen=True, slots=True)
class Request:
    """One command, who asks it, and what it may be about."""

    guest: Guest
    name: str
    words: str  # what followed the command
    names: tuple[str, ...]  # of all who are here
    consent: Consent | None  # who is remembered, if anything is

    def reply(self, text: str) -> Effects:
        """Answer the asker alone."""
        return [Tell(self.guest, Reply(text))]


def answer(request: Request, command: str) -> Effects:
    """Decide what follows from `command`."""
    if command in COMMANDS:
        return COMMANDS[command](request)
    return request.reply(f"there is no command /{command[:24]}; {_help_text(request)}")


def _who(request: Request) -> Effects:
    return request.reply(f"here now: {', '.join(request.names)}")


def _help(request: Request) -> Effects:
    return request.reply(_help_text(request))


def _help_text(request: Request) -> str:
    return HELP_WITH_HISTORY if request.consent else HELP


def _record(request: Request) -> Effects:
    name, consent = request.name, request.consent
    if not consent:
        return request.reply(NO_HISTORY)
    if request.words == "status":
        return request.reply(consent.status(name))
    if request.words not in ("on", "off"):
        return request.reply("say /record on, /record off or /record status")
    chosen = request.words == "on"
    lasts = consent.choose(name, chosen)
    return [*([Choose(name, chosen)] if lasts else []), *request.reply(consent.status(name))]


def _forget(request: Request) -> Effects:
    return [Forget(request.guest, request.name)] if request.consent else request.reply(NO_HISTORY)


COMMANDS: dict[str, Callable[[Request], Effects]] = {
    "who": _who,
    "help": _help,
    "record": _record,
    "forget": _forget,
}
