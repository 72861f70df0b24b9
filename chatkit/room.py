"""Who is in the room and who must hear what: decisions only, no socket, no thread, no clock.

Every method returns effects, in the order in which they must be carried out;
the room itself carries out nothing. What may happen to a guest, and what follows, is the table `TRANSITIONS`.
"""

import re
from enum import Enum

from chatkit.commands import Request, answer
from chatkit.consent import Consent
from chatkit.effects import Admit, Effects, Guest, HangUp, Remember, Replay, Spread, Tell
from chatkit.messages import (
    Command,
    Joined,
    Left,
    Lost,
    Message,
    Prompt,
    Reply,
    Roster,
    Speech,
    decode_client,
    decode_text,
)
from chatkit.plain import plain_text

NAME_RULE = "a name is 1 to 24 ASCII letters or digits"
GREETING = "Welcome to chatkit! What shall I call you?"

_NAME = re.compile("[A-Za-z0-9]{1,24}")


class State(Enum):
    """Where a guest stands."""

    NAMING = "naming"
    JOINED = "joined"
    GONE = "gone"


# State and happening -> next state, and the method that says who must hear what. Nothing leads out of GONE.
TRANSITIONS = {
    (State.NAMING, "name"): (State.JOINED, "_enter"),
    (State.NAMING, "refused name"): (State.GONE, "_refuse"),
    (State.NAMING, "goodbye"): (State.GONE, "_vanish"),
    (State.JOINED, "message"): (State.JOINED, "_relay"),
    (State.JOINED, "command"): (State.JOINED, "_answer"),
    (State.JOINED, "refused line"): (State.JOINED, "_reply"),
    (State.JOINED, "quit"): (State.GONE, "_quit"),
    (State.JOINED, "goodbye"): (State.GONE, "_farewell"),
}


class Room:
    """Keep the members of one chat room; with `ascii_only`, refuse every text that is not plain ASCII."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        self.ascii_only = ascii_only
        self.consent: Consent | None = None  # who is remembered, if anything is
        self._states: dict[Guest, State] = {}
        self._names: dict[Guest, str] = {}
        self._holders: dict[str, Guest] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names, in the order in which they joined."""
        return tuple(self._names.values())

    def state(self, guest: Guest) -> State:
        """Return where `guest` stands; a stranger is gone."""
        return self._states.get(guest, State.GONE)

    def holder(self, name: str) -> Guest | None:
        """Return the member who has this name, in any mix of capitals."""
        return self._holders.get(name.lower())

    def name(self, guest: Guest) -> str:
        """Return a member's name; that of anybody else is empty."""
        return self._names.get(guest, "")

    def arrive(self, guest: Guest) -> Effects:
        """Let somebody in who has no name yet."""
        self._states[guest] = State.NAMING
        return [Tell(guest, Prompt(GREETING))]

    def hear(self, guest: Guest, line: bytes) -> Effects:
        """Decide what follows from one line of `guest`, given without its newline."""
        happening, content = self._classify(guest, line)
        return self._step(guest, happening, content)

    def hear_all(self, guest: Guest, lines: list[bytes]) -> Effects:
        """Decide what follows from several lines; plain words are looked at, and passed on, in one go."""
        if self.state(guest) is State.JOINED:
            if text := plain_text(lines):
                return self._step(guest, "message", text)
            lines = [line for line in lines if line.strip(b" \t")]  # a flood of nothing costs next to nothing
        return [effect for line in lines for effect in self.hear(guest, line)]

    def leave(self, guest: Guest, reason: str = "") -> Effects:
        """Take `guest` out, however it went; the others hear of it once, and only if it had joined."""
        return self._step(guest, "goodbye", reason)

    def _step(self, guest: Guest, happening: str, content: str) -> Effects:
        if (self.state(guest), happening) not in TRANSITIONS:
            return []
        self._states[guest], then = TRANSITIONS[self.state(guest), happening]
        if self._states[guest] is State.GONE:
            del self._states[guest]
        effects: Effects = getattr(self, then)(guest, content)
        return effects

    def _classify(self, guest: Guest, line: bytes) -> tuple[str, str]:
        if self.state(guest) is State.NAMING:
            return self._classify_name(decode_text(line))
        message = decode_client(line)
        if self.ascii_only and not str(message).isascii():
            return "refused line", "this room takes plain ASCII only; nobody heard that line"
        if isinstance(message, Command):
            return ("quit" if message.request == "quit" else "command"), message.request
        return ("message" if message.text.strip() else "blank line"), message.text

    def _classify_name(self, name: str) -> tuple[str, str]:
        if not _NAME.fullmatch(name):
            return "refused name", f"{NAME_RULE}; please connect again with such a name"
        if self.holder(name) is not None:
            return "refused name", f"the name {name} is in use; please connect again with another"
        return "name", name

    def _spread(self, guest: Guest, message: Message) -> Effects:
        return [Spread(guest, message)]

    def _enter(self, guest: Guest, name: str) -> Effects:
        roster = Roster(", ".join(self.names))
        self._names[guest] = name
        self._holders[name.lower()] = guest
        memory = [*self._reply(guest, self.consent.status(name)), Replay(guest)] if self.consent else []
        return [Tell(guest, roster), *memory, Admit(guest), *self._spread(guest, Joined(name))]

    def _refuse(self, guest: Guest, why: str) -> Effects:
        return [Tell(guest, Reply(why)), HangUp(guest)]

    def _relay(self, guest: Guest, text: str) -> Effects:
        speech = Speech(self._names[guest], text)
        memory = [Remember(speech)] if self.consent and self.consent.is_recorded(speech.name) else []
        return [*memory, *self._spread(guest, speech)]

    def _answer(self, guest: Guest, line: str) -> Effects:
        command, _, words = line.partition(" ")
        return answer(Request(guest, self._names[guest], words.strip(), self.names, self.consent), command)

    def _reply(self, guest: Guest, text: str) -> Effects:
        return [Tell(guest, Reply(text))]

    def _quit(self, guest: Guest, _request: str) -> Effects:
        return [*self._farewell(guest, ""), HangUp(guest)]

    def _farewell(self, guest: Guest, reason: str) -> Effects:
        name = self._names.pop(guest)
        del self._holders[name.lower()]
        if self.consent:
            self.consent.leave(name)
        return self._spread(guest, Lost(name, reason) if reason else Left(name))

    def _vanish(self, _guest: Guest, _reason: str) -> Effects:
        return []
