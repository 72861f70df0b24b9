"""What is too long for a screen is cut before it is kept: a server may send a megabyte as one line.

Chatkit's own servers send nothing as long, but for the names in a room of thousands. Pure.
"""

from dataclasses import asdict, replace

from chatkit.messages import Message

LONGEST = 10_000  # characters; twice the longest line that anybody can say


def shortened(message: Message) -> Message:
    """Return the message with each of its fields cut after 10,000 characters, and a mark that says so."""
    if len(str(message)) <= LONGEST:
        return message
    fields = asdict(message)  # type: ignore[call-overload]  # every message is a dataclass
    return replace(message, **{name: _cut(text) for name, text in fields.items()})  # type: ignore[type-var]


def _cut(text: str) -> str:
    more = len(text) - LONGEST
    return text if more <= 0 else f"{text[:LONGEST]} ... and {more:,} more characters"
