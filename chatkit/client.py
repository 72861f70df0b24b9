"""A chat client: one connection to a room, from its first word to the reason why it ended.

One thread reads, any thread may speak, and every wait has a deadline. What can go wrong stands in `errors`.
"""

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Self

from chatkit.conversation import Conversation, State
from chatkit.dial import dial, end_by_reset
from chatkit.errors import BadLine, CannotConnect, ChatError, NotAChatServer, NotSent, ServerGone
from chatkit.framing import MAX_LINE, LineReader
from chatkit.hearing import Hearing
from chatkit.messages import Command, Message, Prompt, Say, clean, decode_client, encode

LONGEST = 1 << 20  # bytes in a line from a server: ten thousand names of 24 letters are 260,000


class ChatClient:
    """Talk in the room at `host` and `port` as `name`; `timeout`, in seconds, bounds every wait.

    Iterate over it to get the messages until the conversation ends, or `subscribe`; then `closed_because`
    says why it ended: None after `quit`. Who does neither is cut in the end, as one who does not read.
    Used with `with`, it connects and quits.
    """

    def __init__(self, host: str, port: int, name: str, *, timeout: float = 5.0) -> None:
        self.host, self.port, self.name, self.timeout = host, port, name, timeout
        self.closed_because: ChatError | None = None
        self._conversation = Conversation(name)
        self._quitting = False
        self._socket: socket.socket | None = None
        self._reader: threading.Thread | None = None
        self._settled = threading.Event()  # it has joined, or never will
        self._writing = threading.Lock()  # guards the socket's write side: a line goes out whole
        self._hearing = Hearing()  # its lock guards the end, too

    @property
    def state(self) -> State:
        """Where it stands: connecting, naming, joined or closed."""
        return self._conversation.state

    @property
    def others(self) -> tuple[str, ...]:
        """Who else is in the room, as far as the server has told."""
        return self._conversation.others

    def connect(self) -> Self:
        """Connect, give the name and wait to be let in; raise the `ChatError` that says why not."""
        try:
            self._socket = dial(self.host, self.port, self.timeout)
            reader = threading.Thread(target=self._read_all, args=(self._socket,), daemon=True)
            reader.name = f"chatkit client {self.name}"
            reader.start()
            self._reader = reader
        except (CannotConnect, RuntimeError) as error:  # RuntimeError: there are no more threads to be had
            why = error if isinstance(error, CannotConnect) else CannotConnect(f"cannot listen: {error}")
            raise self._close(why) or why from error
        if not self._settled.wait(self.timeout):
            waited = f"{self._where} did not let {self.name} in within {self.timeout:g} seconds"
            self._close(NotAChatServer(waited))
        if self.closed_because and not self._conversation.joined:
            raise self.closed_because
        return self

    def say(self, text: str) -> None:
        """Say `text` to everybody else, each of its lines as one message; raise `NotSent` or `ServerGone`."""
        for line in text.splitlines():
            self._send(encode(Say(line)))

    def enter(self, typed: str) -> None:
        """Send one line as a person typed it: `/who` is a command, `//x` says `/x`; raise as `say` does."""
        if decode_client(typed.strip().encode("utf-8", "replace")) == Command("quit"):
            return self.quit()
        self._send(clean(typed).encode("utf-8", "replace") + b"\n")

    def quit(self, timeout: float | None = None) -> None:
        """Leave: what was said goes first; a server that does not answer within `timeout` is left anyway."""
        self._quitting = True
        if self._socket and self.state != "closed":
            with suppress(OSError), self._writing:
                self._socket.shutdown(socket.SHUT_WR)
        reader = None if self._reader is threading.current_thread() else self._reader
        if reader:
            reader.join(self.timeout if timeout is None else timeout)  # it ends with the server's own goodbye
        self._close(None)
        if reader:
            reader.join(1.0)

    def receive(self, timeout: float | None = None) -> Message | None:
        """Return the next message, None once it is over or one subscribed; `TimeoutError` after `timeout` s."""
        try:
            return self._hearing.receive(timeout)
        except queue.Empty:
            raise TimeoutError(f"{self.name} heard nothing for {timeout:g} seconds") from None

    def subscribe(self, callback: Callable[[Message | None], None]) -> None:
        """Hand every message to `callback` instead, those already here first, and None when it is over.

        It is called on the reading thread, so it must not wait; a queue's `put` will do, and it may `quit`.
        """
        self._hearing.subscribe(callback)

    def watch(self, callback: Callable[[], None]) -> None:
        """Call `callback` whenever there is something to `receive`, on the reading thread; now, too."""
        self._hearing.watch(callback)

    def __iter__(self) -> Iterator[Message]:
        return iter(self.receive, None)

    def __enter__(self) -> Self:
        return self if self._socket else self.connect()

    def __exit__(self, *_error: object) -> None:
        self.quit()

    @property
    def _where(self) -> str:
        return f"{self.host} port {self.port}"

    def _send(self, line: bytes) -> None:
        if len(line) > MAX_LINE:
            raise NotSent(f"that line has {len(line)} bytes, and a server takes {MAX_LINE} at most")
        if self.state != "joined" or self._quitting:
            raise self.closed_because or NotSent(f"{self.name} is not in the room")
        try:
            self._write(line)
        except OSError as error:
            gone = ServerGone(f"{self._where} takes no more lines: {error}")
            raise self._close(gone) or gone from error

    def _write(self, line: bytes) -> None:
        assert self._socket, "only a connected client writes"
        with self._writing:
            self._socket.sendall(line)

    def _read_all(self, sock: socket.socket) -> None:
        try:
            for lines in self._chunks(sock):
                self._hear(lines)
        except BadLine as error:
            self._close(NotAChatServer(f"{self._where} does not talk like a chat server: {error}"))
        except OSError:
            pass  # a reset ends it as a goodbye does
        self._close(None if self._quitting else self._conversation.ended(self._where))

    def _chunks(self, sock: socket.socket) -> Iterator[list[bytes]]:
        reader = LineReader(LONGEST)
        while not reader.too_long:
            self._hearing.wait_until_taken(lambda: self._quitting or self.state == "closed")
            try:
                chunk = sock.recv(1 << 16)
            except TimeoutError:
                continue
            if not chunk:
                return
            if self._hearing.note(len(chunk)):  # or it quits, and waits for the goodbye alone
                yield reader.feed(chunk)
        raise BadLine("one of its lines has no end")

    def _hear(self, lines: list[bytes]) -> None:
        with self._hearing.lock:
            for line in lines:
                if self.state == "closed":  # what is left of the chunk comes after the end
                    return
                message = self._conversation.hear(line)
                self._hearing.put(message)
                if isinstance(message, Prompt):
                    self._write(encode(Prompt(self.name)))
                elif self.state == "joined":
                    self._settled.set()

    def _close(self, why: ChatError | None) -> ChatError | None:
        """End it for this reason, unless it has ended; return why it did."""
        with self._hearing.lock:
            if self.state != "closed":
                self._conversation.state = "closed"
                self.closed_because = why
                self._hearing.put(None)
        if self._socket:
            with suppress(OSError):
                if isinstance(why, NotAChatServer):
                    end_by_reset(self._socket)
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
        self._settled.set()
        return self.closed_because
