"""A chat client: one connection to a room, from its first word to the reason why it ended.

One thread reads, any thread may speak, and every wait has a deadline. What can go wrong stands in `errors`.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Self

from chatkit.awake import join
from chatkit.conversation import Conversation, State
from chatkit.dial import begin_to_listen, dial
from chatkit.errors import BadLine, CannotConnect, ChatError, NotAChatServer, NotSent, ServerGone, TooLong
from chatkit.framing import MAX_LINE, LineReader
from chatkit.hearing import Hearing
from chatkit.latch import Latch
from chatkit.limits import end_by_reset
from chatkit.messages import Command, Message, Prompt, Say, clean, decode_client, encode

LONGEST = 1 << 20  # bytes in a line from a server: ten thousand names of 24 letters are 260,000


class ChatClient:
    """Talk in the room at `host` and `port` as `name`; `timeout`, in seconds, bounds every wait.

    Iterate over it, or `subscribe`, to get the messages until it ends; then `closed_because` says why: None
    after `quit`. Who does neither is cut, as one who does not read. Used with `with`, it connects and quits.
    """

    def __init__(self, host: str, port: int, name: str, *, timeout: float = 5.0) -> None:
        self.host, self.port, self.name, self.timeout = host, port, name, timeout
        self.closed_because: ChatError | None = None
        self._where, self._conversation = f"{host} port {port}", Conversation(name)
        self._quitting = self._heard_out = False
        self._socket: socket.socket | None = None
        self._reader = threading.Thread(target=self._read_all, name=f"chatkit client {name}", daemon=True)
        self._settled = Latch()  # it has joined, or never will
        self._writing = threading.Lock()  # guards the socket's write side: a line goes out whole
        self._hearing = Hearing(name)  # its lock guards the end, too

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
        if self._socket:
            raise CannotConnect(f"{self.name} has connected already, and a client does so once: make another")
        try:
            self._socket = dial(self.host, self.port, self.timeout)
            begin_to_listen(self._reader)
            in_time = self._settled.wait(self.timeout)
        except BaseException as why:  # an interrupt, too: nobody else would ever close it
            self._close(why if isinstance(why, CannotConnect) else None)
            raise
        if not in_time:
            waited = f"{self._where} did not let {self.name} in within {self.timeout:g} seconds"
            self._close(NotAChatServer(waited))
        if not (in_time and self._conversation.joined):  # it may join in the moment that is too late
            raise self.closed_because or CannotConnect(f"{self.name} quit before {self._where} let them in")
        return self

    def say(self, text: str) -> None:
        """Say `text` to everybody else, each of its lines as one message; raise `NotSent` or `ServerGone`."""
        for line in text.splitlines():
            self._send(encode(Say(line)))

    def enter(self, typed: str) -> None:
        """Send one line as a person typed it: `/who` is a command, `//x` says `/x`; raise as `say` does."""
        if decode_client(typed.strip().encode("utf-8", "replace")) != Command("quit"):
            return self._send(clean(typed).encode("utf-8", "replace") + b"\n")
        self.quit()

    def quit(self, timeout: float | None = None) -> bool:
        """Leave, and return whether the server said goodbye in time: else what was said last may be lost."""
        self._quitting = True
        wait = self.timeout if timeout is None else timeout
        try:
            if self._socket and self.state != "closed" and self._writing.acquire(timeout=wait):
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_WR)
                self._writing.release()
                self._wait_for_reader(wait)  # it ends with the server's own goodbye
        finally:
            self._close(None)
        self._wait_for_reader(1.0)
        return self._heard_out and not self.closed_because

    def receive(self, timeout: float | None = None) -> Message | None:
        """Return the next message, None if it is over or one subscribed; `TimeoutError` after `timeout`."""
        return self._hearing.receive(timeout)

    def subscribe(self, callback: Callable[[Message | None], None]) -> None:
        """Hand every message to `callback` instead, those already here first, and None when it is over.

        It runs on the reading thread: it may `quit`, but must neither wait nor fail; a queue's `put` will do.
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

    def _send(self, line: bytes) -> None:
        if len(line) > MAX_LINE:
            raise TooLong(f"that line has {len(line)} bytes, and a server takes {MAX_LINE} at most")
        if self.state != "joined" or self._quitting:
            raise self.closed_because or NotSent(f"{self.name} is not in the room")
        try:
            self._write(line)
        except OSError as error:
            gone = ServerGone(f"{self._where} takes no more lines: {error}")
            self._wait_for_reader(self.timeout if isinstance(error, ConnectionError) else 0)  # it hears why
            self._close(gone)
            raise self.closed_because or gone from error

    def _write(self, line: bytes) -> None:
        assert self._socket, "only a connected client writes"
        with self._writing:
            self._socket.sendall(line)

    def _wait_for_reader(self, seconds: float) -> None:
        if self._reader is not threading.current_thread():
            join([self._reader], seconds)

    def _read_all(self) -> None:
        why = ChatError(f"a subscriber of {self.name}'s failed, so nothing more is heard")
        try:
            for lines in self._chunks():
                self._hear(lines)
            why = self._conversation.ended(self._where)
        except BadLine as error:
            why = NotAChatServer(f"{self._where} does not talk like a chat server: {error}")
        finally:
            self._close(None if self._quitting else why)

    def _chunks(self) -> Iterator[list[bytes]]:
        assert self._socket, "only a connected client reads"
        reader = LineReader(LONGEST)
        with suppress(OSError):  # a reset ends it as a goodbye does
            while self.state != "closed":
                self._hearing.wait_until_taken(lambda: self._quitting or self.state == "closed")
                try:
                    chunk = self._socket.recv(1 << 16)
                except TimeoutError:
                    continue
                if not chunk:
                    self._heard_out = self._conversation.state != "closed"
                    return
                if self._hearing.note(len(chunk)):  # or it quits, and waits for the goodbye alone
                    yield reader.feed(chunk)
                if reader.too_long:
                    raise BadLine("one of its lines has no end")

    def _hear(self, lines: list[bytes]) -> None:
        with self._hearing.lock:
            for line in lines:
                if self.state == "closed":  # what is left of the chunk comes after the end
                    return
                message = self._conversation.hear(line)
                self._hearing.put(message)
                if isinstance(message, Prompt):
                    with suppress(OSError):  # the reader will find out
                        self._write(encode(Prompt(self.name)))
                elif self.state == "joined":
                    self._settled.open()

    def _close(self, why: ChatError | None) -> None:
        """End it for this reason, unless it has ended."""
        with self._hearing.lock:
            if is_first := self.state != "closed":
                self._conversation.state, self.closed_because = "closed", why
        if self._socket:
            with suppress(OSError):
                if isinstance(why, NotAChatServer):
                    end_by_reset(self._socket)
                self._socket.shutdown(socket.SHUT_RDWR)  # wakes the reader, who closes the socket
            if self._reader is threading.current_thread() or not self._reader.is_alive():
                self._socket.close()  # earlier, the reader might read from the next socket of its number
        self._settled.open()
        if is_first:
            self._hearing.put(None)  # last, for a subscriber may fail
