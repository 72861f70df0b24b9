"""SPECIMEN, broken on purpose: the question for the name has no newline, as if it were `input("Name: ")`."""

from chatkit.effects import Tell
from chatkit.messages import Prompt
from chatkit.server import ChatServer


class PromptWithoutNewline(ChatServer):
    """A client that reads lines waits for the end of the question, and the server for the name."""

    def _tell(self, effect: Tell) -> None:
        if isinstance(effect.message, Prompt):
            effect.to.queue(b"Name: ")
            self._dirty.add(effect.to)
        else:
            super()._tell(effect)


BREAKS = ("the_server_asks_for_a_name",)
