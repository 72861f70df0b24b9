"""One person's place in a room: it has at most one client at a time, and makes a new one to join again.

Everything here runs on the person's pump and may wait for the network, within the client's own deadlines.
What goes wrong becomes a row in the transcript, never an exception. This file knows no widget.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from chatkit.client import ChatClient
from chatkit.consent import is_told
from chatkit.errors import ChatError, Refused
from chatkit.lab.pump import Work
from chatkit.lab.transcript import Transcript
from chatkit.messages import Message, Prompt, Reply
from chatkit.outgoing import leaves

PATIENCE = 0.3  # seconds for a server's own goodbye: one that is broken on purpose has none
Status = Literal["joining", "joined", "left", "trouble", "replaced"]


class Seat:
    """Sit in the room at `host` and `port`, or as it is `called`; `put` queues work for the pump.

    `own_end` says what the client cannot know of the end, given whether it has left; empty if nothing.
    """

    def __init__(
        self,
        host: str,
        port: int,
        name: str,
        put: Callable[[Work], None],
        called: str = "",
        own_end: Callable[[bool], str] = lambda left: "",
    ) -> None:
        self._called, self._own_end = called, own_end
        self.host, self.port, self.name = host, port, name
        self.status: Status = "left"
        self.recorded: bool | None = None  # what the server has told; None if it remembers nothing
        self.transcript = Transcript()
        self._put = put
        self._client = ChatClient(host, port, name)  # until `join`, one that never connects

    @property
    def others(self) -> tuple[str, ...]:
        """Who else is in the room."""
        return self._client.others if self.status == "joined" else ()

    def join(self) -> None:
        """Join with a new client, unless one is in the room or on its way."""
        if self.status in ("joining", "joined") and self._client.state == "closed":
            self._end(self._client)  # it has ended, and its last word is still on its way
        if self.status not in ("left", "trouble"):
            return
        self.status, self.recorded = "joining", None
        self._client = client = ChatClient(self.host, self.port, self.name)
        client.subscribe(lambda message: self._put(lambda: self._hear(client, message)))
        with suppress(ChatError):  # the end of the conversation is handed over too, and says why
            client.connect()

    def leave(self) -> None:
        """Leave in good order: a server that does not let go is left after a moment."""
        self._client.quit(PATIENCE)

    def replace(self) -> None:
        """Leave for good: a newer pane has this name in this room."""
        self.leave()
        self._put(self._make_way)

    def say(self, text: str) -> None:
        """Say each line of `text`."""
        for line in text.splitlines():
            self.enter(f"/{line}" if line.startswith("/") else line)

    def enter(self, typed: str) -> None:
        """Send a line as it was typed; a blank one is no message."""
        if leaves(typed):
            return self.leave()
        if typed.strip():
            self._send(typed)

    def _send(self, typed: str) -> None:
        try:
            self._client.enter(typed)
            self.transcript.own(self.name, typed)
        except ChatError as error:
            is_over = self._client.state == "closed"  # why, its end tells
            words = f"{self.name} is not in the room" if is_over else self._in_words(error)
            self.transcript.remark(words, trouble=True)

    def _hear(self, client: ChatClient, message: Message | None) -> None:
        if client is not self._client:
            return
        if message is None:
            return self._end(client)
        self.transcript.hear(message)
        if isinstance(message, Prompt):
            self.transcript.own(self.name, self.name)  # the client has answered
        if isinstance(message, Reply) and (told := is_told(message.text)) is not None:
            self.recorded = told
        if client.state == "joined":
            self.status = "joined"

    def _end(self, client: ChatClient) -> None:
        self.recorded = None
        own = self._own_end(client.closed_because is None)
        why = "" if own else self._in_words(client.closed_because)
        hint = " Run its cell, then this pane's cell." if isinstance(client.closed_because, Refused) else ""
        self.status = "trouble" if why else "left"
        self.transcript.remark(f"{why}{hint}" if why else own or "you have left", trouble=bool(why))

    def _in_words(self, error: ChatError | None) -> str:
        """Say what went wrong; whose wire has an address of its own need not learn it here."""
        where = f"{self.host} port {self.port}"
        return str(error or "").replace(where, self._called or where)

    def _make_way(self) -> None:
        self.status = "replaced"
        self.transcript.remark(f"a newer pane speaks for {self.name} now: use that one", trouble=True)
