"""A chat client: one connection to a room, from its first word to the reason why it ended.

One thread reads, any thread may speak, and every wait has a deadline. What can go wrong stands in `errors`.
"""

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Literal, Self

from chatkit import errors
from chatkit.errors import ChatError
from chatkit.framing import MAX_LINE, LineReader
from chatkit.messages import (
    Joined,
    Left,
    Message,
    Notice,
    Prompt,
    Reply,
    Roster,
    Say,
    clean,
    decode_server,
    decode_text,
    encode,
)

State = Literal["connecting", "naming", "joined", "closed"]
LONGEST = 1 << 16  # bytes in a line from a server: its own limit may be wider than ours


class ChatClient:
    """Talk in the room at `host` and `port` as `name`; `timeout`, in seconds, bounds every wait.

    Iterate over it to get the messages until the conversation ends, or `subscribe`; then `closed_because`
    says why it ended: None after `quit`.
    """

    def __init__(self, host: str, port: int, name: str, *, timeout: float = 5.0) -> None:
        self.host, self.port, self.name, self.timeout = host, port, name, timeout
        self.state: State = "connecting"
        self.closed_because: ChatError | None = None
        self.others: tuple[str, ...] = ()
        self._quitting = False
        self._last_reply = ""
        self._socket: socket.socket | None = None
        self._settled = threading.Event()  # it has joined, or never will
        self._closed = threading.Event()
        self._writing = threading.Lock()  # guards the socket's write side: a line goes out whole
        self._handing = threading.Lock()  # guards the next two: nothing is handed over twice, or out of order
        self._heard: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._hand_over: Callable[[Message | None], None] = self._heard.put

    def connect(self) -> Self:
        """Connect, give the name and wait to be let in; raise the `ChatError` that says why not."""
        try:
            if not 0 < self.port < 65536:  # some systems would take the number modulo 65536
                raise OverflowError("a port is a number from 1 to 65535")
            self._socket = socket.create_connection((self.host, self.port), self.timeout)
        except (OSError, OverflowError, UnicodeError) as error:
            raise self._close(self._cannot_connect(error)) or error from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reads = threading.Thread(target=self._read_all, args=(self._socket,), daemon=True)
        reads.name = f"chatkit client {self.name}"
        reads.start()
        if not self._settled.wait(self.timeout):
            waited = f"{self._where} did not let {self.name} in within {self.timeout:g} seconds"
            self._close(errors.NotAChatServer(waited))
        if self.closed_because:
            raise self.closed_because
        return self

    def say(self, text: str) -> None:
        """Say `text` to everybody else, each of its lines as one message; raise `NotSent` or `ServerGone`."""
        for line in text.splitlines():
            self._send(encode(Say(line)))

    def enter(self, typed: str) -> None:
        """Send one line as a person typed it: `/who` is a command, `//x` says `/x`; raise as `say` does."""
        self._send(clean(typed).encode("utf-8", "replace") + b"\n")

    def quit(self) -> None:
        """Leave: what was said goes first; a server that does not answer within `timeout` is left anyway."""
        self._quitting = True
        if self._socket and self.state != "closed":
            with suppress(OSError), self._writing:
                self._socket.shutdown(socket.SHUT_WR)
            self._closed.wait(self.timeout)
        self._close(None)

    def receive(self, timeout: float | None = None) -> Message | None:
        """Wait for the next message, None once it is over; raise `TimeoutError` after `timeout` seconds."""
        try:
            message = self._heard.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError(f"{self.name} heard nothing for {timeout:g} seconds") from None
        if message is None:
            self._heard.put(None)
        return message

    def subscribe(self, callback: Callable[[Message | None], None]) -> None:
        """Hand every message to `callback` instead, those already here first, and None when it is over.

        It is called on the reading thread, so it must not wait; a queue's `put` will do.
        """
        with self._handing:
            while not self._heard.empty():
                callback(self._heard.get())
            self._hand_over = callback

    def __iter__(self) -> Iterator[Message]:
        return iter(self.receive, None)

    def __enter__(self) -> Self:
        return self.connect()

    def __exit__(self, *_error: object) -> None:
        self.quit()

    @property
    def _where(self) -> str:
        return f"{self.host} port {self.port}"

    def _cannot_connect(self, error: Exception) -> ChatError:
        if isinstance(error, ConnectionRefusedError):
            return errors.Refused(f"nothing listens at {self._where}; is the server running?")
        return errors.Unreachable(f"cannot reach {self._where}: {getattr(error, 'strerror', '') or error}")

    def _send(self, line: bytes) -> None:
        if len(line) > MAX_LINE:
            raise errors.NotSent(f"that line has {len(line)} bytes, and a server takes {MAX_LINE} at most")
        if self.state != "joined" or self._quitting:
            raise self.closed_because or errors.NotSent(f"{self.name} is not in the room")
        try:
            self._write(line)
        except OSError as error:
            self._close(errors.ServerGone(f"{self._where} takes no more lines: {error}"))
            raise self.closed_because or error from error

    def _write(self, line: bytes) -> None:
        assert self._socket
        with self._writing:
            self._socket.sendall(line)

    def _read_all(self, sock: socket.socket) -> None:
        try:
            for line in self._lines(sock):
                self._hear(line)
            self._close(self._why_it_ended())
        except errors.BadLine as error:
            self._close(errors.NotAChatServer(f"{self._where} does not talk like a chat server: {error}"))
        except OSError:
            self._close(self._why_it_ended())

    def _lines(self, sock: socket.socket) -> Iterator[bytes]:
        reader = LineReader(LONGEST)
        while not reader.too_long:
            try:
                chunk = sock.recv(LONGEST)
            except TimeoutError:
                continue
            if not chunk:
                return
            yield from reader.feed(chunk)
        raise errors.BadLine("one of its lines has no end")

    def _hear(self, line: bytes) -> None:
        message = self._decode(line)
        self._note(message)
        with self._handing:
            self._hand_over(message)
        if isinstance(message, Prompt):
            self._write(encode(Prompt(self.name)))
        elif self.state == "joined":
            self._settled.set()

    def _decode(self, line: bytes) -> Message:
        if self.state == "connecting" and not line.startswith(b"!"):
            return Prompt(decode_text(line))
        if self.state == "joined" or line.startswith((b"*", b"!")):
            return decode_server(line)
        return Reply(decode_text(line))  # before it lets anybody in, a server may say what it likes

    def _note(self, message: Message) -> None:
        """Keep up with the state, with who is there, and with what was said to us alone."""
        if self.state == "naming" and isinstance(message, Roster | Notice):
            self.state = "joined"
        match message:
            case Prompt():
                self.state = "naming"
            case Reply(text):
                self._last_reply = text
            case Joined(name):
                self.others += (name,)
            case Left(name):
                self.others = tuple(other for other in self.others if other != name)
            case Roster(names):
                self.others = tuple(filter(None, names.split(", ")))

    def _why_it_ended(self) -> ChatError | None:
        if self._quitting:
            return None
        words = f"; it said: {self._last_reply}" if self._last_reply else ""
        if self.state != "naming":
            return errors.ServerGone(f"{self._where} ended the conversation{words}")
        kind = errors.NameTaken if "in use" in words or "taken" in words else errors.NameRefused
        return kind(f"{self._where} did not let {self.name} in{words}")

    def _close(self, why: ChatError | None) -> ChatError | None:
        """End it for this reason, unless it has ended; return why it did."""
        with self._handing:
            if self.state != "closed":
                self.state, self.closed_because = "closed", why
                self._hand_over(None)
        if self._socket:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
        self._settled.set()
        self._closed.set()
        return self.closed_because
