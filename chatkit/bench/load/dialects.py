"""How to come in, speak and be heard at each kind of server: just enough words for the load.

A dialect says what a newcomer answers to each line, and how a line looks to those who hear it.
"""

import re
from collections.abc import Mapping


class Dialect:
    """Budget Chat, as chatkit and the peers speak it."""

    key = len("[u0001] ")  # so many bytes of a heard line tell who spoke
    newline = b"\n"

    def greeting(self, name: bytes) -> bytes:
        """Return what a client says before it has heard anything."""
        return b""

    def answer(self, name: bytes, line: bytes) -> bytes:
        """Return what a newcomer answers to a line."""
        return b"" if line.startswith(b"*") else name + b"\n"

    def lets_in(self, line: bytes) -> bool:
        """Say whether a newcomer has joined once it has heard this line."""
        return line.startswith(b"*")

    def prefix(self, name: bytes, line: bytes) -> bytes:
        """Return what stands before a member's words when others hear them; `line` let the member in."""
        return b"[" + name + b"] "

    def say(self, text: bytes) -> bytes:
        """Return the line that says these words."""
        return text + b"\n"

    def skip(self, data: bytes, at: int) -> int:
        """Return how many bytes stand here that belong to no line."""
        return 0

    def is_notice(self, line: bytes) -> bool:
        """Say whether this line is the server's own, and nobody's words."""
        return line.startswith(b"*")


class Ncat(Dialect):
    """`ncat --chat`: no names; each read is relayed behind `<user5> `, however many lines it holds."""

    key = 4  # the speaker's number, with which every text begins
    _prefix = re.compile(rb"<user\d+> ")

    def answer(self, name: bytes, line: bytes) -> bytes:
        return b""

    def lets_in(self, line: bytes) -> bool:
        return line.startswith(b"<announce> already connected")

    def prefix(self, name: bytes, line: bytes) -> bytes:
        return b""

    def skip(self, data: bytes, at: int) -> int:
        found = self._prefix.match(data, at)
        return found.end() - at if found else 0

    def is_notice(self, line: bytes) -> bool:
        return line.startswith(b"<announce>")


class Irc(Dialect):
    """Internet Relay Chat (RFC 2812), in one channel."""

    key = len(":u0001!")
    newline = b"\r\n"

    def greeting(self, name: bytes) -> bytes:
        return b"NICK %s\r\nUSER %s 0 * :load\r\n" % (name, name)

    def answer(self, name: bytes, line: bytes) -> bytes:
        if line.startswith(b"PING "):
            return b"PONG " + line[5:]
        return b"JOIN #room\r\n" if line.split(b" ", 2)[1:2] in ([b"376"], [b"422"]) else b""

    def lets_in(self, line: bytes) -> bool:
        return b" JOIN " in line

    def prefix(self, name: bytes, line: bytes) -> bytes:
        return line.split(b" ")[0] + b" PRIVMSG #room :"

    def say(self, text: bytes) -> bytes:
        return b"PRIVMSG #room :" + text + b"\r\n"

    def is_notice(self, line: bytes) -> bool:
        return b" PRIVMSG " not in line


DIALECTS: Mapping[str, Dialect] = {"budget chat": Dialect(), "ncat": Ncat(), "irc": Irc()}
