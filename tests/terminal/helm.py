"""Driving the terminal apps: a person's hands and eyes, without a terminal, and in a real one by tmux."""

import asyncio
import random
import time
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

from talker import PATIENCE, Talker, free_port
from textual import events

from chatkit.backoff import Backoff
from chatkit.server import ChatServer
from chatkit.terminal.app import ChatApp
from chatkit.terminal.places import Place

NOON = datetime(2026, 11, 23, 12, 1, 5, tzinfo=UTC)


class Sitting:
    """An app that runs, and somebody who types into it and reads it."""

    def __init__(self, app, pilot):
        self.app, self.pilot = app, pilot

    async def until(self, condition, why=""):
        """Wait for a condition, with a deadline."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"{why or condition}; the screen:\n{self.screen}"
            await self.pilot.pause(0.01)

    async def types(self, text, *keys):
        """Type into what has the focus, and press keys; `pilot.press` would rest 40 ms after each."""
        for key, character in [
            *((_KEYS.get(each, each), each) for each in text),
            *((key, None) for key in keys),
        ]:
            event = events.Key(key, character)
            event.set_sender(self.app)
            self.app.post_message(event)
        await self.pilot.pause()

    async def enters(self, *lines):
        for line in lines:
            await self.types(line, "enter")

    async def pastes(self, text):
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    @property
    def screen(self):
        """What the screen shows, as text."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in lines)

    async def sees(self, *texts):
        """All these texts are soon on the screen."""
        await self.until(lambda: all(text in self.screen for text in texts), f"{texts} are not all there")

    async def sees_no_more(self, text):
        await self.until(lambda: text not in self.screen, f"{text!r} is still there")

    @property
    def log(self):
        """The log's entries, as marks and texts."""
        return [
            f"{entry.head('off')}{entry.name + ': ' if entry.name else ''}{entry.text}".strip()
            for entry in self.app.room.log_view.rows.entries
        ]

    async def is_in(self):
        """The person is in the room, and its server has told its commands."""
        await self.until(lambda: self.app.visit.is_here and self.app.visit.commands)

    async def is_soon(self, state):
        await self.until(lambda: self.app.visit.status.state == state, f"not {state}")


_KEYS = {" ": "space", "/": "slash"}


def quick():
    """A back-off for which no test has to wait."""
    return Backoff(0.02, 0.05, random.Random(1))


@asynccontextmanager
async def chat(address, name="ada", size=(80, 24), **options):
    """`async with chat(server.address) as ada:` is ada at a terminal of this size."""
    options = {"remembers": False, "backoff": quick(), "clock": lambda: NOON} | options
    app = ChatApp(Place(*address, name), **options)
    async with app.run_test(size=size) as pilot:
        yield Sitting(app, pilot)
    await asyncio.to_thread(leave, app)


def leave(app):
    if app.visit.session:
        app.visit.session.close()


@contextmanager
def room(port=None, **options):
    """A server, on a port that stays its own for the next one there."""
    with ChatServer(port=port or free_port(), engine="selectors", **options) as server:
        yield server


@contextmanager
def people(server, *names):
    """Talkers who are in the room, and have heard each other come."""
    talkers = []
    try:
        for name in names:
            newcomer = Talker(server.address, name)
            for talker in talkers:
                talker.hears(f"* {name} has entered the room")
            talkers.append(newcomer)
        yield talkers
    finally:
        for talker in talkers:
            talker.socket.close()
