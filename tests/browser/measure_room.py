"""Measure a room under chatter, and print a small table.

The command is `PYTHONPATH=tests python3 tests/browser/measure_room.py --minutes 10`.
Three guests in a real JupyterLab and a real Chromium: two of them chat by script, 20 lines a second in all,
and the third is clicked. A row of the table is one look: what kernel and page hold; what they did since the
look before, in percent of one core; and the milliseconds from a click to what it does (of five).
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from chromium import ARGUMENTS, CHROMIUM
from labpage import Notebook
from labserver import running_lab
from playwright.sync_api import sync_playwright

ROOM = """
import os, threading, time
from pathlib import Path
from chatkit.lab import open_room
from chatkit.panes import show
room = open_room()
Path("kernel").write_text(str(os.getpid()))
show(room, "ada", "grace", "linus")
"""
CHATTER = """
def chatter(pause):
    number = 0
    while not room.closed.wait(pause):
        number += 1
        room.guests[number & 1].say(f"line {{number}} of a long evening")
threading.Thread(target=chatter, args=(1 / {},), daemon=True).start()
"""
CLICK = """([name, press, type, watch, words]) => new Promise((resolve, reject) => {
    const pane = (who) => document.querySelector(`.chatkit-pane[aria-label="${who}'s pane"]`);
    const button = [...pane(name).querySelectorAll("button")].find((each) => each.textContent === press);
    if (type) pane(name).querySelector("input").value = type;
    const began = performance.now();
    const look = () => {
        const took = performance.now() - began;
        if (took > 30000) reject(new Error(`${press}: no effect in 30 seconds`));
        else if (pane(watch[0]).querySelector(watch[1]).textContent.includes(words)) resolve(took);
        else setTimeout(look, 2);
    };
    button.click();
    look();
})"""
HEAD = "minute RSS MB CPU % threads files page MB heap MB  nodes page %  msg/s  kB/s send ms leave ms join ms"
WIDTHS = "6.1f 6.1f 5.0f 7d 5d 7.0f 7.1f 6.0f 6.0f 6.1f 5.0f 7.0f 8.0f 7.0f"
ROW = " ".join(f"{{:{width}}}" for width in WIDTHS.split())


class Looker:
    """Look at one kernel and at one page, again and again."""

    def __init__(self, page, kernel):
        self.page, self.kernel, self.began = page, kernel, time.monotonic()
        self.renderer = max(
            _renderers(), key=lambda each: each.memory_info().rss
        )  # the other ones hold no page
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})  # of the CPU
        self.frames = self.bytes = self.said = 0
        self.before = self.sums()

    def listen(self, socket):
        socket.on("framereceived", self.count)

    def count(self, data):
        self.frames += 1
        self.bytes += len(data)

    def page_metrics(self):
        return {each["name"]: each["value"] for each in self.cdp.send("Performance.getMetrics")["metrics"]}

    def sums(self):
        cpu = self.kernel.cpu_times()
        busy = self.page_metrics()["TaskDuration"]
        return time.monotonic(), cpu.user + cpu.system, busy, self.frames, self.bytes

    def click(self, press, watch, words, text=""):
        return self.page.evaluate(CLICK, ["linus", press, text, watch, words])

    def clicks(self):
        """Return how long Send, Leave and Join again take."""
        took = []
        for _ in range(5):
            self.said += 1
            words = f"by hand, number {self.said}."
            send = self.click("Send", ["ada", ".ck-log"], words, words)
            leave = self.click("Leave", ["linus", ".ck-status"], "outside")
            took.append((send, leave, self.click("Join again", ["linus", ".ck-status"], "in the room")))
        return map(statistics.median, zip(*took, strict=True))

    def look(self):
        """Return one row of the table."""
        now = self.sums()
        seconds, cpu, busy, frames, kept = (a - b for a, b in zip(now, self.before, strict=True))
        took = self.clicks()
        self.cdp.send("HeapProfiler.collectGarbage")
        page = self.page_metrics()
        row = ROW.format(
            (time.monotonic() - self.began) / 60,
            self.kernel.memory_info().rss / 1e6,
            100 * cpu / seconds,
            self.kernel.num_threads(),
            self.kernel.num_fds(),
            self.renderer.memory_info().rss / 1e6,
            page["JSHeapUsedSize"] / 1e6,
            page["Nodes"],
            100 * busy / seconds,
            frames / seconds,
            kept / seconds / 1e3,
            *took,
        )
        self.before = self.sums()
        return row


def _renderers():
    return [each for each in psutil.Process().children(True) if "--type=renderer" in each.cmdline()]


def measure(home, minutes, rate, looks):
    """Yield the rows."""
    with running_lab(home) as lab, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page, sockets = browser.new_page(viewport={"width": 1280, "height": 900}), []
        page.on("websocket", lambda socket: sockets.append(socket))
        notebook = Notebook(page, lab, lab.write("room.ipynb", ROOM, CHATTER.format(rate)))
        notebook.run(0)
        notebook.pane("linus").is_said_to_be("in the room")
        looker = Looker(page, psutil.Process(int((lab.folder / "kernel").read_text())))
        for socket in sockets:
            looker.listen(socket)
        notebook.run(1)
        notebook.pane("linus").reads("line 20 of")
        for at in range(looks):
            while time.monotonic() < looker.began + at * 60 * minutes / (looks - 1):
                page.wait_for_timeout(250)
            if at == 0:
                page.wait_for_timeout(3000)
            yield looker.look()
        browser.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=int, default=20, help="lines a second")
    parser.add_argument("--looks", type=int, default=6, help="how many rows, the first and the last included")
    options = parser.parse_args()
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory() as home:
        for row in measure(Path(home), options.minutes, options.rate, max(2, options.looks)):
            print(row, flush=True)


if __name__ == "__main__":
    main()
