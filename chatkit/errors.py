"""Everything that can go wrong has a name, and a text of one sentence for people.

ChatError
+-- CannotListen        (server) the address cannot be listened on
+-- CannotConnect       (client) nobody answers there
|   +-- Refused         the machine is there, but nothing listens on that port
|   +-- Unreachable     the machine cannot be reached, or does not exist
+-- NotAChatServer      what answers does not talk like a chat server
+-- NameRefused         the server does not take this name
|   +-- NameTaken       somebody else has it
+-- ServerGone          the server ended the conversation
+-- NotSent             that line cannot be sent; the conversation goes on
|   +-- TooLong         nor can it ever be: no server takes as much in one line
+-- BadLine             no chat server sends such a line
"""


class ChatError(Exception): ...


class CannotListen(ChatError):
    """`errno` says the same in a number, where the system gave one."""

    def __init__(self, sentence: str, errno: int | None = None) -> None:
        super().__init__(sentence)
        self.errno = errno


class CannotConnect(ChatError): ...


class Refused(CannotConnect): ...


class Unreachable(CannotConnect): ...


class NotAChatServer(ChatError): ...


class NameRefused(ChatError): ...


class NameTaken(NameRefused): ...


class ServerGone(ChatError): ...


class NotSent(ChatError): ...


class TooLong(NotSent): ...


class BadLine(ChatError): ...
