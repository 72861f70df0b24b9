"""A room of which a specimen may do one thing otherwise; nothing here is broken."""

from chatkit.room import TRANSITIONS, Effects, Guest, Room, State


class OpenRoom(Room):
    """Find the method for each step by its name: `TRANSITIONS` holds those of `Room` itself."""

    def _step(self, guest: Guest, happening: str, content: str) -> Effects:
        if (self.state(guest), happening) not in TRANSITIONS:
            return []
        self._states[guest], then = TRANSITIONS[self.state(guest), happening]
        if self._states[guest] is State.GONE:
            del self._states[guest]
        effects: Effects = getattr(self, then.__name__)(guest, content)
        return effects
