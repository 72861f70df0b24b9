"""A server that sends megabytes as one line fills neither the memory of the full-screen app nor its time."""

import asyncio
import socket
import threading
from contextlib import suppress

import pytest
from helm import NOON, chat
from rich.cells import cell_len
from talker import PATIENCE

from chatkit.messages import Joined, Left, Notice, Remembered, Roster, Said
from chatkit.terminal import entries
from chatkit.terminal.before import Before
from chatkit.terminal.mailbox import AT_ONCE, HELD_TEXT, Mailbox
from chatkit.terminal.rows import KEPT_TEXT, Rows
from chatkit.terminal.shortening import LONGEST, shortened
from chatkit.terminal.wrapping import wrap

WIDE = "\u65e5"
ROSTER = b"* The room contains: " + b", ".join(b"guest%d" % number for number in range(60_000)) + b"\n"


@pytest.mark.parametrize("letter", ["x", WIDE, "e\u0301"])
def test_a_word_of_a_megabyte_is_broken_into_rows(letter):
    """Each row must not cost a count of all that is left: that froze the app for good."""
    word = letter * 300_000
    rows = wrap(word, 80, 80)
    assert "".join(rows) == word
    assert {cell_len(row) for row in rows[:-1]} == {80}


@pytest.mark.parametrize("kind", [Said, Joined, Left, Notice, Roster, Remembered])
def test_what_is_too_long_is_cut_and_says_so(kind):
    fields = kind.__dataclass_fields__
    short = kind(*["x" * LONGEST for _ in fields])
    long = shortened(kind(*["x" * (LONGEST + 1234) for _ in fields]))
    assert shortened(short) == short
    assert str(long) == str(kind(*[f"{'x' * LONGEST} ... and 1,234 more characters" for _ in fields]))


def test_what_waits_to_be_shown_has_a_bound_and_what_is_lost_is_counted():
    box = Mailbox(lambda: None)
    count = HELD_TEXT // LONGEST * 2
    for number in range(count):
        box.put(Notice(f"{number:>{2 * LONGEST}}"))
        box.put(Notice(str(number)))
    kept = []
    while taken := box.take(500):
        assert sum(len(str(message)) for message in taken) <= AT_ONCE + 2 * LONGEST
        kept += taken
    assert sum(len(str(message)) for message in kept) <= HELD_TEXT
    assert kept[-1] == Notice(str(count - 1))
    assert len(kept) + box.lost() == 2 * count


def test_the_log_keeps_no_more_than_so_many_characters():
    rows = Rows("off")
    added = gone = 0
    for number in range(KEPT_TEXT // LONGEST * 3):
        gone += rows.add([entries.notice(f"{number} {'x' * LONGEST}", NOON)])
        added += len(wrap(rows.entries[-1].text, 78, 76))
    assert sum(len(entry.text) for entry in rows.entries) <= KEPT_TEXT
    assert len(rows) == added - gone
    assert rows.entries[-1].text.startswith(f"{number} ")


def test_of_lines_that_a_server_remembers_without_end_nothing_is_noted():
    before = Before()
    before.connect()
    for number in range(5000):
        before.arrange(entries.heard(Remembered("2026-11-22T12:00:00Z", "grace", str(number)), NOON))
    assert len(before._recent) + len(before._seen) <= 1000


FLOODS = {
    "rosters of half a megabyte": ROSTER,
    "a word of a megabyte": b"[linus] " + b"x" * 1_000_000 + b"\n",
    "wide letters": b"[linus] " + WIDE.encode() * 300_000 + b"\n",
    "names of a megabyte": b"* " + WIDE.encode() * 300_000 + b" has entered the room\n",
}


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_of_long_lines_leaves_the_keys_alone(kind, nothing_left):
    over = threading.Event()

    def serve(listener):
        sock, _ = listener.accept()
        with sock, suppress(OSError):
            sock.sendall(b"who are you?\n")
            assert sock.recv(100)
            sock.sendall(b"* The room contains: linus\n")
            while not over.is_set():
                sock.sendall(FLOODS[kind])

    async def run(address):
        async with chat(address) as ada:
            await ada.until(lambda: any("more characters" in line for line in ada.log))
            await ada.types("I can still type")
            assert ada.app.room.desk.line.value == "I can still type"
            over.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        server = threading.Thread(target=serve, args=(listener,))
        server.start()
        try:
            asyncio.run(run(listener.getsockname()))
        finally:
            over.set()
            server.join(PATIENCE)
