"""Ask a person where to join and as whom: a bad answer, or a refused name, is explained and asked again."""

import getpass
import signal
import sys
from collections.abc import Callable
from typing import TypeVar

from chatkit import ChatClient
from chatkit.cli.answers import WrongAnswer, split_address, to_host, to_name, to_port
from chatkit.cli.rows import as_shown
from chatkit.errors import NameRefused
from chatkit.server import HOST, PORT

Value = TypeVar("Value")


def ask_and_connect(host: str | None, port: int | None, name: str | None) -> ChatClient:
    """Ask for what is None, connect, and return the client once it has joined.

    Raise the `ChatError` that says why not, and KeyboardInterrupt if the person would rather not.
    """
    try:
        if host is None:
            host, port = _ask("Host or IP address", HOST, lambda answer: _to_address(answer, port))
        if port is None:
            port = _ask("Port", str(PORT), to_port)
        return _connect(host, port, name or _ask("Your name", login_name(), to_name))
    except EOFError:  # Ctrl-D
        print()
        raise KeyboardInterrupt from None


def _connect(host: str, port: int, name: str) -> ChatClient:
    while True:
        try:
            return ChatClient(host, port, name).connect()
        except NameRefused as error:
            print(as_shown(str(error), sys.stdout))
            name = _ask("Your name", "", to_name)


def _ask(question: str, default: str, read: Callable[[str], Value]) -> Value:
    while True:
        try:
            answer = _input(f"{question} [{default}]: " if default else f"{question}: ")
            return read(answer.strip() or default)
        except UnicodeDecodeError:
            print("that is not UTF-8, and this terminal should speak nothing else; please use plain ASCII")
        except WrongAnswer as error:
            print(error)


def _input(question: str) -> str:
    """Do what `input` does, but let Ctrl-C end the program: `input` misses one that comes too soon."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return input(question)
    finally:
        signal.signal(signal.SIGINT, before)


def _to_address(answer: str, port: int | None) -> tuple[str, int | None]:
    host, said = split_address(answer)
    return to_host(host or answer), to_port(said) if said else port


def login_name() -> str:
    """Return the person's name on this machine if it will do here, else nothing."""
    try:
        return to_name(getpass.getuser())
    except (WrongAnswer, KeyError, OSError):
        return ""
