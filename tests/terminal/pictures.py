"""Pictures of the terminal app: `python3 tests/terminal/pictures.py` takes them anew, the README's, too.

A picture is the SVG that Textual exports, without what differs from run to run (its ids, the server's port,
seconds), and without fonts from elsewhere: no picture of ours fetches anything.
"""

import asyncio
import logging
import re
import sys
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from helm import NOON, Sitting, chat, people, quick, room  # noqa: E402

from chatkit.backoff import Backoff  # noqa: E402
from chatkit.terminal.host import HostApp  # noqa: E402
from chatkit.terminal.host_log import HostLog  # noqa: E402

KEPT = Path(__file__).parent / "pictures"
README = ROOT / "docs" / "pictures" / "terminal.svg"


class Never(Backoff):
    """Wait until tomorrow, so that a countdown stands still."""

    def next(self):
        return 86_400.0


class NoonLog(HostLog):
    """Have everything happen on one day, at noon."""

    def emit(self, record):
        record.created = NOON.timestamp()
        super().emit(record)


def normal(svg, port):
    """Return a picture without what differs from run to run."""
    svg = svg.replace(str(port), "55555")
    svg = re.sub(r"terminal-\d+-", "terminal-", svg)
    svg = re.sub(r"port&#160;\d+", "port&#160;55555", svg)  # a client's
    svg = re.sub(r"\b86\d\d\d&#160;s\b", "86400&#160;s", svg)
    svg = re.sub(r"\d+&#160;s(&#160;)+", f"0&#160;s{6 * '&#160;'}", svg)  # how long somebody has been here
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


async def picture(sitting, server):
    """The screen once it has come to rest: what moves on it may take several turns of the loop."""
    looks = []

    def rests():
        looks.append(normal(sitting.app.export_screenshot(), server.address[1]))
        return len(looks) > 3 and len(set(looks[-4:])) == 1

    await sitting.until(rests, "it never comes to rest")
    return looks[-1]


@asynccontextmanager
async def conversation(server, size):
    """Ada among grace and linus, after a few words."""
    with people(server, "grace", "linus") as (grace, linus):
        async with chat(server.address, size=size, backoff=Never()) as ada:
            await ada.is_in()
            await asyncio.to_thread(linus.hears_until, "* ada has entered the room")
            for speaker, words in [
                (grace, "Hi ada! My line goes to the server, and from there to you and linus."),
                (linus, "How many sockets is that?"),
            ]:
                speaker.says(words)
                await ada.sees(words[:9])
            await ada.enters("Two for each of us. Six!")
            await asyncio.to_thread(grace.hears_until, "[ada] Two for each of us. Six!")
            grace.says("Seven. Who let us in?")
            await ada.sees("Seven")
            await ada.enters("/who")
            await ada.sees("here now")
            yield ada, grace, linus


async def talking(server, size):
    async with conversation(server, size) as (ada, _grace, _linus):
        await ada.types("The listener, of co")
        await ada.sees("of co")
        return await picture(ada, server)


async def scrolled(server, size):
    async with conversation(server, size) as (ada, grace, _linus):
        grace.says(*(f"line {number}" for number in range(30)))
        await ada.sees("line 29")
        await ada.types("", "pageup")
        await ada.sees_no_more("line 29")
        grace.says("Are you still there?")
        await ada.sees("1 new")
        return await picture(ada, server)


async def lost(server, size):
    async with conversation(server, size) as (ada, _grace, _linus):
        await asyncio.to_thread(server.stop)
        await ada.is_soon("waiting")
        await ada.enters("Is anybody there?")
        await ada.sees("1 line kept" if size[0] > 60 else "\u2026 Is any")
        await ada.sees("Next try in")
        return await picture(ada, server)


async def helping(server, size):
    async with conversation(server, size) as (ada, _grace, _linus):
        await ada.types("", "f1")
        await ada.sees("Up Down")
        return await picture(ada, server)


async def asking(server, size):
    async with chat(server.address, name="a da", asks=True, size=size, backoff=quick()) as ada:
        await ada.sees("Join a room", "ASCII")
        return await picture(ada, server)


async def hosting(server, size):
    with NoonLog(logging.INFO) as log, people(server, "ada", "linus") as (ada, linus):
        ada.says("hello")
        linus.hears("[ada] hello")
        app = HostApp(server, log, clock=lambda: NOON)
        async with app.run_test(size=size) as pilot:
            view = Sitting(app, pilot)
            await view.sees("2 here", "waiting 0 B", "ada", "linus", "80 B", "linus has entered")
            await view.types("", "down", "k")
            await view.sees("Kick linus?")
            return await picture(view, server)


SCENES = {
    "talking-80x24": (talking, (80, 24)),
    "talking-40x10": (talking, (40, 10)),
    "scrolled-80x24": (scrolled, (80, 24)),
    "lost-80x24": (lost, (80, 24)),
    "lost-40x10": (lost, (40, 10)),
    "helping-80x24": (helping, (80, 24)),
    "asking-40x10": (asking, (40, 10)),
    "hosting-80x24": (hosting, (80, 24)),
}


def take(name):
    """Play a scene, and return its picture."""
    play, size = SCENES[name]
    with room() as server:
        return asyncio.run(play(server, size))


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for scene in SCENES:
        (KEPT / f"{scene}.svg").write_text(take(scene), encoding="utf-8")
        print(f"{scene}.svg")
    README.write_text((KEPT / "talking-80x24.svg").read_text(encoding="utf-8"), encoding="utf-8")
    print(README.relative_to(ROOT))
